"""serve: the REST API, the review desk and the dashboard. Not built yet."""
