"""What notebook 06 looks at: a language model, English for it to read, and a dictionary."""
