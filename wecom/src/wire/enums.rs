//! Enumerations that stay open: a value the spec does not name survives a round trip.

/// Everything a string enumeration does beside being one.
#[allow(unused_macros)] // without any module's feature
macro_rules! str_enum {
    ($name:ident { $($variant:ident = $text:literal),* $(,)? }) => {
        impl $name {
            /// The value on the wire.
            #[must_use]
            #[allow(unreachable_pub)]
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Unknown(text) => text,
                }
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.as_str() == other.as_str()
            }
        }
        impl Eq for $name {}
        impl ::std::hash::Hash for $name {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                self.as_str().hash(state);
            }
        }
        impl From<&str> for $name {
            fn from(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    _ => Self::Unknown(text.into()),
                }
            }
        }
        impl From<String> for $name {
            fn from(text: String) -> Self {
                Self::from(text.as_str())
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::from("")
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl $crate::wire::Token for $name {
            fn from_token(text: &str) -> Option<Self> {
                Some(Self::from(text))
            }
            fn push_token(&self, out: &mut String) {
                out.push_str(self.as_str());
            }
        }
        impl $crate::wire::Read for $name {
            fn parse<'de, D: ::serde::Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                $crate::wire::parse_text(from)
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_str(self.as_str())
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_value(from)
            }
        }
    };
}
#[allow(unused_imports)]
pub(crate) use str_enum;

/// Everything a number enumeration does beside being one.
#[allow(unused_macros)] // without any module's feature
macro_rules! int_enum {
    ($name:ident { $($variant:ident = $number:literal),* $(,)? }) => {
        impl $name {
            /// The number on the wire.
            #[must_use]
            #[allow(unreachable_pub)]
            pub fn value(self) -> i64 {
                match self {
                    $(Self::$variant => $number,)*
                    Self::Unknown(number) => number,
                }
            }
        }
        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.value() == other.value()
            }
        }
        impl Eq for $name {}
        impl ::std::hash::Hash for $name {
            fn hash<H: ::std::hash::Hasher>(&self, state: &mut H) {
                self.value().hash(state);
            }
        }
        impl From<i64> for $name {
            fn from(number: i64) -> Self {
                match number {
                    $($number => Self::$variant,)*
                    _ => Self::Unknown(number),
                }
            }
        }
        impl Default for $name {
            fn default() -> Self {
                Self::from(0)
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.value(), f)
            }
        }
        impl $crate::wire::Read for $name {
            fn parse<'de, D: ::serde::Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                $crate::wire::parse_int(from)
            }
        }
        impl $crate::wire::Int for $name {
            const EXPECTED: &'static str = "an integer of 64 bits";
            fn from_i128(number: i128) -> Option<Self> {
                i64::try_from(number).ok().map(Self::from)
            }
            fn to_i128(self) -> i128 {
                self.value().into()
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_i64(self.value())
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_value(from)
            }
        }
    };
}
#[allow(unused_imports)]
pub(crate) use int_enum;

/// Everything a bit mask does beside its named values. Bits that the spec does not name are kept.
#[allow(unused_macros)] // without any module's feature
macro_rules! flags {
    ($name:ident) => {
        impl $name {
            /// The number on the wire.
            #[must_use]
            #[allow(unreachable_pub)]
            pub const fn value(self) -> i64 {
                self.0
            }

            /// Whether all bits of `other` are set.
            #[must_use]
            #[allow(unreachable_pub)]
            pub const fn contains(self, other: Self) -> bool {
                self.0 & other.0 == other.0
            }
        }
        impl ::std::ops::BitOr for $name {
            type Output = Self;
            fn bitor(self, other: Self) -> Self {
                Self(self.0 | other.0)
            }
        }
        impl From<i64> for $name {
            fn from(bits: i64) -> Self {
                Self(bits)
            }
        }
        impl ::std::fmt::Display for $name {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                ::std::fmt::Display::fmt(&self.0, f)
            }
        }
        impl $crate::wire::Read for $name {
            fn parse<'de, D: ::serde::Deserializer<'de>>(from: D) -> Result<Option<Self>, D::Error> {
                $crate::wire::parse_int(from)
            }
        }
        impl $crate::wire::Int for $name {
            const EXPECTED: &'static str = "an integer of 64 bits";
            fn from_i128(number: i128) -> Option<Self> {
                i64::try_from(number).ok().map(Self)
            }
            fn to_i128(self) -> i128 {
                self.0.into()
            }
        }
        impl ::serde::Serialize for $name {
            fn serialize<S: ::serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                to.serialize_i64(self.0)
            }
        }
        impl<'de> ::serde::Deserialize<'de> for $name {
            fn deserialize<D: ::serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                $crate::wire::read_value(from)
            }
        }
    };
}
#[allow(unused_imports)]
pub(crate) use flags;
