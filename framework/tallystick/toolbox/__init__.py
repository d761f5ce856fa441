"""The toolbox room."""
