"""How dates read in each language, where Django's own form is not ours."""
