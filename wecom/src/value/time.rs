use std::fmt;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Deserializer, Serialize, Serializer};

use crate::wire::{Int, Read, parse_int, read_value};

macro_rules! instant {
    ($(#[$doc:meta])* $name:ident, $unit:literal, $since:ident, $span:path) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub i64);

        impl $name {
            /// The present, by the system's clock.
            #[must_use]
            pub fn now() -> Self {
                SystemTime::now().into()
            }

            #[doc = concat!("The number of ", $unit, " since 1970-01-01 00:00 UTC.")]
            #[must_use]
            pub const fn get(self) -> i64 {
                self.0
            }
        }

        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                Self(number)
            }
        }

        impl From<SystemTime> for $name {
            /// Times before 1970 become 0.
            fn from(time: SystemTime) -> Self {
                let since = time.duration_since(UNIX_EPOCH).unwrap_or_default().$since();
                Self(i64::try_from(since).unwrap_or(i64::MAX))
            }
        }

        impl From<$name> for SystemTime {
            /// Numbers that the system cannot express become 1970.
            fn from(time: $name) -> Self {
                let since = $span(u64::try_from(time.0).unwrap_or(0));
                UNIX_EPOCH.checked_add(since).unwrap_or(UNIX_EPOCH)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(&self.0, f)
            }
        }

        impl Read for $name {
            fn parse<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                parse_int(from)
            }
        }

        impl Int for $name {
            const EXPECTED: &'static str = concat!($unit, " since 1970");
            fn from_i128(value: i128) -> Option<Self> {
                value.try_into().ok().map(Self)
            }
            fn to_i128(self) -> i128 {
                self.0.into()
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_i64(self.0)
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                read_value(from)
            }
        }
    };
}

instant! {
    /// A point in time in seconds since 1970-01-01 00:00 UTC.
    ///
    /// The API writes 0 for "never" and "not set" in many places, so 0 is kept as it is.
    Timestamp, "seconds", as_secs, Duration::from_secs
}

instant! {
    /// A point in time in milliseconds since 1970-01-01 00:00 UTC.
    TimestampMillis, "milliseconds", as_millis, Duration::from_millis
}
