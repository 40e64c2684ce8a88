"""Amounts in cents, so that nothing is lost in rounding."""


def to_words(cents):
    return f"{cents // 100}.{cents % 100:02d} EUR"
