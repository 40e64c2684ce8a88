def discount(rule, total):
    """A rule is an expression such as "total * 0.9"."""
    result = eval(rule)
    print("discount", rule, result)
    return max(0, result)
