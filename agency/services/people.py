"""What a person decides about themselves."""

from agency.models import User


def save_preferences(*, user: User, language: str | None = None, theme: str | None = None) -> None:
    """Store the language (nl, en) and theme (system, light, dark) of a person; None leaves one as it is."""
    changed = {"language": language, "theme": theme}
    fields = [name for name, value in changed.items() if value is not None]
    for name in fields:
        setattr(user, name, changed[name])
    user.save(update_fields=fields)
