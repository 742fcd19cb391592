"""Documents to sign: intake, freeze, handwritten signatures, keys, verification and page images."""
