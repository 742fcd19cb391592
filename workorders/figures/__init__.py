"""What is told to everybody about the utility's work (办电公示); imports limits and models, and is about no order.

A month is counted once, after its end (`counting`): so its figures never change, and nobody learns of one order by
reading them before and after it. What rests on fewer than five orders is withheld (`telling`).
"""
