"""Ways of having submissions graded: on this machine (`local`), or on others. All do what `engine.Engine` says."""
