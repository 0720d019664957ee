"""Where the agency is: its calendar, and a company's until it chooses another."""

AGENCY_ZONE = "Europe/Amsterdam"
