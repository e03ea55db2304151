"""Forms by audience: shape only. A form hands clean values in the vocabulary of the services."""
