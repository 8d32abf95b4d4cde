//! The list of all endpoints.

use crate::api::endpoints::ALL;
use crate::endpoint::EndpointInfo;

/// All endpoints of the enabled features, by feature; each with its path, title, token, limits and modes.
///
/// ```
/// for endpoint in wecom::endpoints().filter(|endpoint| endpoint.modes.contains(&wecom::Mode::ThirdParty)) {
///     println!("{:?} {}: {}", endpoint.method, endpoint.path, endpoint.title);
/// }
/// ```
pub fn endpoints() -> impl Iterator<Item = &'static EndpointInfo> {
    ALL.iter().flat_map(|of_feature| of_feature.iter().copied())
}
