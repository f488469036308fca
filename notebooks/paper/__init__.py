"""What notebook 07 trains and looks at; ``make bench-paper`` does so on more seeds."""
