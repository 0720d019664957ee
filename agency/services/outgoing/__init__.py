"""The one HTTP client that calls addresses which people outside the agency typed: sites, webhooks, files."""
