//! Versions: what a class of change asks for.

use super::change::Class;

/// `major.minor.patch`, as Cargo reads it; what follows a `-` or `+` is dropped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// First number.
    pub major: u64,
    /// Second.
    pub minor: u64,
    /// Third.
    pub patch: u64,
}

impl std::str::FromStr for Version {
    type Err = String;
    fn from_str(text: &str) -> Result<Self, String> {
        let semver::Version { major, minor, patch, .. } =
            text.parse().map_err(|e| format!("`{text}` is not a version of three numbers: {e}"))?;
        Ok(Version { major, minor, patch })
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The least version that a change of this class asks for. Before 1.0 Cargo takes the second number for the first.
pub fn next_version(v: Version, class: Class) -> Version {
    match (class, v.major) {
        (Class::None, _) => v,
        (Class::Major, 0) => Version { major: 0, minor: v.minor + 1, patch: 0 },
        (Class::Major, _) => Version { major: v.major + 1, minor: 0, patch: 0 },
        (Class::Minor, 1..) => Version { minor: v.minor + 1, patch: 0, ..v },
        (Class::Minor | Class::Patch, _) => Version { patch: v.patch + 1, ..v },
    }
}
