"""The probability models of repeat orders: one module each, found by the registry. To add a model, add its module."""
