"""What computations return, and what isotropic data would give."""
