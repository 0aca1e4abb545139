"""What the backend keeps beside subscriptions: a class for each noun, over the database that all share."""
