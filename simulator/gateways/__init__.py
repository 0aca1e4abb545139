"""The simulated providers: APNs, FCM and Web Push, whose answers real provider clients accept."""
