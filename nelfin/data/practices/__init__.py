"""NHS England's practice files: weighted populations of practices, placed and summed to places."""

from nelfin.data.practices.file import Practices as Practices
from nelfin.data.practices.file import read_practices as read_practices
from nelfin.data.practices.importing import Imported as Imported
from nelfin.data.practices.importing import import_practices as import_practices
from nelfin.data.practices.importing import sum_to_places as sum_to_places
from nelfin.data.practices.places import packaged_map as packaged_map
from nelfin.data.practices.places import place_practices as place_practices
from nelfin.data.practices.places import read_map as read_map
