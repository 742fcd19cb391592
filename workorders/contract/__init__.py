"""How the contract is signed by seal, by the customer and the supplier; imports journey, trace and signing."""
