"""Activity: the waiting list, payment, beds and primary care. Arrays in, arrays out.

Any array may have draws in front. Money is in £m, people are people, beds are beds.
"""
