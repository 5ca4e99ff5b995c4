"""The screens: what each shows, from what a scenario comes to."""
