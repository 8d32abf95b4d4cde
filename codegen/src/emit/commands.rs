//! Frames of long connections: what ties a type to its `cmd` and to its acknowledgement.

use std::collections::BTreeMap;

use proc_macro2::TokenStream;
use quote::quote;

use super::print::{ROOT, banner, ident, print};
use crate::ir::{Api, Command, TypeId};

/// The one file of them, where there are any.
pub(super) fn files(api: &Api, out: &mut BTreeMap<String, String>) {
    let sent: Vec<TokenStream> = api.commands.iter().filter_map(|c| command(api, c)).collect();
    if !sent.is_empty() {
        let head = banner("spec/") + "use crate::robot::Command;\n\n";
        out.insert(format!("{ROOT}/commands.rs"), head + &print(&sent));
    }
}

/// Whether the crate's root has to name the file.
pub(super) fn any(api: &Api) -> bool {
    api.commands.iter().any(|c| c.request.is_some())
}

/// ```ignore
/// impl Command for crate::aibot::UploadMediaInit {
///     const CMD: &'static str = "aibot_upload_media_init";
///     type Answer = crate::aibot::UploadMediaInitResponse;
/// }
/// ```
fn command(api: &Api, c: &Command) -> Option<TokenStream> {
    let (cmd, ty) = (&c.key, path(api, c.request?));
    let answer = c.response.map_or_else(|| quote!(()), |id| path(api, id));
    Some(quote! {
        impl Command for #ty {
            const CMD: &'static str = #cmd;
            type Answer = #answer;
        }
    })
}

fn path(api: &Api, id: TypeId) -> TokenStream {
    let t = api.ty(id);
    let (modules, name) = (t.module.split("::").map(ident), ident(&t.rust));
    quote!(crate::#(#modules::)*#name)
}
