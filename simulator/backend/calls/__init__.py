"""What can be asked for beside subscribing: a class for each noun, with its routes."""
