"""The cart of the little shop."""


class Cart:
    def __init__(self, items=[]):
        self.items = items

    def add(self, item, count=1):
        if item == None:
            return
        self.items.append((item, count))

    def total(self):
        # TODO: what about items that are out of stock?
        return sum(item.price * count for item, count in self.items)
