"""A fictional organisation: settings, and day by day what its servers would have printed."""
