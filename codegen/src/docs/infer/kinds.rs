//! Which kinds of application have a field, by its text.

use crate::docs::read::text::{has, narrow, regex};
use crate::ir::Mode;

/// Those of `among` that the text leaves: `仅第三方应用可获取`, `第三方不可获取`. `None` where it speaks of none, or of all.
pub(crate) fn told(desc: &str, among: &[Mode]) -> Option<Vec<Mode>> {
    let text = narrow(desc);
    let only = only(&text);
    let left: Vec<Mode> = match only {
        Some(mode) => among.iter().copied().filter(|m| *m == mode).collect(),
        None => among.iter().copied().filter(|m| !refused(*m, &text)).collect(),
    };
    (!left.is_empty() && left.len() < among.len()).then_some(left)
}

/// The one kind that has the field.
fn only(text: &str) -> Option<Mode> {
    if has(regex!("仅(?:旧的第三方多应用套件需要|第三方应用(?:可以?获取|返回|支持))"), text)
    {
        return Some(Mode::ThirdParty);
    }
    let provider = has(regex!("^(?:仅)?代开发(?:自建)?应用(?:才)?返回(?:该|此)(?:字段|参数)"), text);
    provider.then_some(Mode::Provider)
}

/// Whether the text denies the field to a kind. An application of a certain kind (`第三方通讯录应用`), or at a certain time, is not all of them.
fn refused(mode: Mode, text: &str) -> bool {
    let denied = match mode {
        Mode::ThirdParty => regex!(
            "(?:^|[,;。(\\n ])第三方(?:应用)?(?:(?:和|与|、)代开发(?:自建)?应用)?(?:均|都)?(?:不可获取|不返回|不支持使用(?:该|此)(?:参数|字段))"
        ),
        Mode::Provider => regex!(
            "(?:^|[,;。(\\n ])(?:第三方(?:应用)?(?:和|与|、))?代开发(?:自建)?应用(?:均|都)?(?:不可获取|不返回|不支持使用(?:该|此)(?:参数|字段))"
        ),
        _ => return false,
    };
    // `不可获取，统一返回0`: there, with another value.
    has(denied, text) && !has(regex!("统一返回|返回[A-Za-z_]+以?代替"), text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_that_texts_name() {
        use Mode::{Internal, Provider, ThirdParty};
        let all = [Internal, ThirdParty, Provider];
        for (desc, want) in [
            ("唯一标识，最多64个字节。仅第三方应用可获取", Some(vec![ThirdParty])),
            ("应用id。仅旧的第三方多应用套件需要填此参数", Some(vec![ThirdParty])),
            ("代开发自建应用返回该字段，表示发布状态", Some(vec![Provider])),
            ("手机号，第三方不可获取；代开发应用须另外授权", Some(vec![Internal, Provider])),
            ("头像。第三方应用和代开发应用均不可获取", Some(vec![Internal])),
            ("邮箱，代开发自建应用不返回；第三方仅通讯录应用可获取", Some(vec![Internal, ThirdParty])),
            ("是否默认。第三方应用不支持使用该参数", Some(vec![Internal, Provider])),
            ("别名；第三方通讯录应用不可获取", None),
            ("凭证。代开发自建应用安装时不返回", None),
            ("性别。第三方应用和代开发应用均不可获取，统一返回0", None),
            ("名称", None),
        ] {
            assert_eq!(told(desc, &all), want, "{desc}");
        }
        assert_eq!(told("仅第三方应用可获取", &[Internal]), None);
        assert_eq!(told("第三方不可获取", &[Internal, Provider]), None);
    }
}
