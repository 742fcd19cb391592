"""An order's room: who is in it, what is said there; imports every app below, which call it by `workorders.hooks`."""
