"""Break every input in every way we know, and see that each case runs or is refused in words."""
