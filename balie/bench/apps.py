from django.apps import AppConfig


class BenchConfig(AppConfig):
    """The laboratory: benches and replays, in a checkout only."""

    name = "balie.bench"
    label = "bench"
