"""Pages. Thin views over the rooms' queries; no rule of the domain lives here."""
