//! `api/endpoints.rs`: all endpoints, for who asks at run time.

use super::print::banner;
use crate::ir;

/// ```ignore
/// #[cfg(feature = "department")]
/// static DEPARTMENT: &[&EndpointInfo] = &[
///     <crate::department::Create as Endpoint>::INFO,
/// ];
///
/// pub(crate) static ALL: &[&[&EndpointInfo]] = &[
///     #[cfg(feature = "department")]
///     DEPARTMENT,
/// ];
/// ```
pub(super) fn file(api: &ir::Api) -> String {
    let mut features: Vec<&str> = api.modules.iter().map(ir::Module::feature).collect();
    features.dedup();
    let mut out = banner("spec/");
    out.push_str(
        "//! All endpoints of the enabled features.\n\n\
         #[allow(unused_imports)] // without any module's feature\n\
         use crate::endpoint::{Endpoint, EndpointInfo};\n",
    );
    let mut all = String::new();
    for feature in features {
        let of_it = api.modules.iter().filter(|m| m.feature() == feature);
        let types: Vec<String> = of_it
            .flat_map(|m| m.parts.iter().flat_map(|p| &p.endpoints).map(move |e| (m, e)))
            .map(|(m, e)| format!("    <crate::{}::{} as Endpoint>::INFO,\n", m.name, e.rust))
            .collect();
        if types.is_empty() {
            continue;
        }
        let name = feature.to_ascii_uppercase();
        let cfg = format!("#[cfg(feature = {feature:?})]\n");
        out.push_str(&format!("\n{cfg}static {name}: &[&EndpointInfo] = &[\n{}];\n", types.concat()));
        all.push_str(&format!("    {cfg}    {name},\n"));
    }
    out + &format!("\n/// By feature.\npub(crate) static ALL: &[&[&EndpointInfo]] = &[\n{all}];\n")
}
