"""Lists of schemes as people publish them, turned into nelfin's table of projects."""

from nelfin.data.lists.column_map import ColumnMap, map_of
from nelfin.data.lists.reading import ProjectTable, project_table, read_projects

__all__ = ["ColumnMap", "ProjectTable", "map_of", "project_table", "read_projects"]
