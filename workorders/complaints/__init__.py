"""What customers say of the service, and what becomes of it: ratings, the box, complaints with their levels; imports
journey and limits.
"""
