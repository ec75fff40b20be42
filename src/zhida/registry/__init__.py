"""The registry of subjects (名录库), keyed by unified social credit code or old registration number."""
