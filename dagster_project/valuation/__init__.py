"""What clients without contracts are expected to buy: the purchase and the value model."""
