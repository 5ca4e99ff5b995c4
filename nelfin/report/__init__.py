"""What people look at: summary, charts, the page and the workbooks."""
