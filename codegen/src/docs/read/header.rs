//! The words of a table's header: by them a table of parameters is known, also where its line breaks are lost.

use crate::docs::read::text::{clean, narrow};

/// The role of a column by its header.
pub(crate) fn role(header: &str) -> Option<usize> {
    let h: String = narrow(&clean(header)).chars().filter(|c| !c.is_whitespace()).collect();
    Some(match h.as_str() {
        "变量" => 0,
        "参数" | "参数名" | "字段" | "字段名" | "参数名称" | "字段名称" | "属性" | "名称" | "属性名"
        | "参数/属性" | "字段/参数" | "key" | "Key" => 1,
        "必须" | "是否必须" | "必填" | "是否必填" | "必选" | "是否必返回" | "是否必选" | "必需"
        | "是否必需" | "必传" | "required" => 3,
        "说明" | "描述" | "参数描述" | "参数说明" | "备注" | "含义" | "字段说明" | "详细说明"
        | "字段描述" | "字段含义" | "意义" => 4,
        _ if h.starts_with("类型")
            || h.starts_with("数据类型")
            || h.starts_with("参数类型")
            || h.starts_with("字段类型") =>
        {
            2
        }
        _ if h.contains("必须") || h.contains("必填") => 3,
        _ => return None,
    })
}
