//! The rules by which the importer decides what a page does not say. Whatever it decides so is noted with its rule, for a person to judge.
//!
//! A new rule gets an entry here and a page of our own making, `tests/pages/<code>.md`, that meets it; the test `pages` writes the entry
//! that comes of it beside it. `docs trial` prints how many pages of a crawl meet each.

use std::fmt;

/// A rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Stable name.
    pub code: &'static str,
    /// In a few words.
    pub title: &'static str,
    /// Why it decides so.
    pub reason: &'static str,
    /// What it meets.
    pub example: &'static str,
}

impl Rule {
    /// Whether it tells what a page says apart from fields, and not how a field was read.
    pub fn is_of_page(&self) -> bool {
        [&TEXT_BEFORE, &TEXT_BEHIND, &OTHER_PAGE].iter().any(|r| r.code == self.code)
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.code.fmt(f)
    }
}

/// The rule of a code.
pub fn rule(code: &str) -> Option<&'static Rule> {
    RULES.iter().copied().find(|r| r.code == code)
}

macro_rules! rules {
    ($($name:ident $code:literal $title:literal $reason:literal $example:literal;)*) => {
        $(
            #[doc = $title]
            pub static $name: Rule = Rule { code: $code, title: $title, reason: $reason, example: $example };
        )*

        /// All rules, in the order of the passes.
        pub static RULES: &[&Rule] = &[$(&$name),*];
    };
}

rules! {
    // Sections.
    METHOD "method"
        "A URL without a method"
        "A body is sent by POST, and so is what a robot's key signs; anything else is asked by GET."
        "`请求地址：https://…/get?access_token=X` and no `请求方式`";
    TEXT_BEFORE "text-before"
        "Sentences before the first endpoint"
        "They may hold for all endpoints of the page or for none; only a reader can tell."
        "`本文档用于…` above the first `请求方式`";
    SAMPLE_UNREADABLE "sample-unreadable"
        "A sample that is no JSON, even with good will"
        "A half-read sample would show fields that are not there."
        "`{\"a\" 1`";
    TABLE_UNREADABLE "table-unreadable"
        "A table that was glued to one line"
        "Where its rows begin and end cannot be told, and half of them would hide that the others lack."
        "`| 参数 | 类型 | 说明 || id | 编号 |`";
    TABLE_OF_KINDS "table-of-kinds"
        "A table that says which type each kind of something has"
        "Its rows are no fields: which kind a value is of stands elsewhere, and only a reader knows where."
        "`|字段类型|单元格值类型|`";
    TEXT_BEHIND "text-behind"
        "Sentences behind the last part of an endpoint"
        "They may hold for all endpoints of the page or for none; only a reader can tell. What stands there of permission holds for all."
        "`## 使用建议` behind the answer's table";
    SAMPLE_ALONE "sample-alone"
        "Fields that samples show and no table describes"
        "What they mean, and whether they are always there, nothing says."
        "`{\"url\": \"URL\"}` and no table of the answer";

    // Several pages of one path.
    OTHER_PAGE "other-page"
        "A further page says something else"
        "An entry has one text: that of its main page. What the others add or contradict is for a reader."
        "the page for providers names another permission";
    REQUIRED_ON_ONE_PAGE "required-on-one-page"
        "Required on one page, unknown to another"
        "A request as the other page shows it is accepted too."
        "`schedule` of `发送日程邮件`, which `发送普通邮件` does not have";

    ONE_OF_PAGES "one-of-pages"
        "Pages of one path that require different fields"
        "Each page shows a function of its own, chosen by the key of the body: exactly one of them is there."
        "`add_records` on one page, `update_records` on the other";
    FIELD_MODES "field-modes"
        "A field that the pages of some trees alone have"
        "Two pages of one endpoint describe what their applications send and get."
        "`watermark_type` on the page of 企业内部开发, and not on that of 第三方应用开发";

    // Rows and samples.
    NAME_UNREADABLE "name-unreadable"
        "A row whose name is no field"
        "With signs that no field has there is no place for it."
        "`|id & name|string|`";
    TABLE_WITHOUT_PLACE "table-without-place"
        "A titled table that no field claims"
        "Laid upon the body it would invent fields."
        "a table `Color 说明`, and no field of the type `Color`";
    SAMPLE_WITHOUT_PLACE "sample-without-place"
        "A sample that shares no field with the body"
        "It shows something else: a part whose title does not name it."
        "`{\"x\": 1}` behind `{\"a\": 1}`";
    PART_OF_A_SERIES "part-of-a-series"
        "A numbered part whose title does not say where it belongs"
        "Parts of one series describe the same object; at least three others say which."
        "`附4：假勤控件说明` behind `附3：文件控件 config说明`";
    TWIN_NAMES "twin-names"
        "A field that the table and the samples spell differently"
        "Taken for two, one of them would never come, or be demanded of every call. The sample's name stands: somebody ran it."
        "the row `cursort` and `\"cursor\": \"x\"`";
    NODE "node"
        "A list whose elements are like the object that holds it"
        "All fields of the object stand in the element too, and only the element's have rows."
        "`button` and its `sub_button`";
    LIKE_THE_OUTER "like-the-outer"
        "An object that shows the fields of one around it"
        "Three fields of the same names and kinds are no chance; two, where the text says so."
        "controls in a table control";
    LIKE_THE_ONE_BESIDE "like-the-one-beside"
        "A list shown empty, whose namesake beside is shown full"
        "Objects beside each other name the same things the same way. Two namesakes that differ say nothing."
        "`\"off\": {\"times\": []}` beside `\"work\": {\"times\": [{…}]}`";

    // Fields of other pages.
    FIELDS_OF_PAGE "fields-of-page"
        "A field whose text refers to another page"
        "That page describes the field of this name, or is about this object alone."
        "`参考[创建表单](#1)`";
    FIELDS_OF_SIBLING "fields-of-sibling"
        "An object without rows, described on a page beside"
        "Pages of one folder are of one subject: the `get` shows what the `add` explains. All that is shown must be among what is taken."
        "`\"form\": {\"title\": \"a\", \"size\": 1}` without rows";

    // Types.
    LIST_BY_WORDING "list-by-wording"
        "A list by its words"
        "No sample and no type cell shows an array, the text speaks of one."
        "`成员列表` over rows `members.id` and no sample";
    LIST_SHOWN_AS_OBJECT "list-shown-as-object"
        "An array in the type cell, one object in the sample"
        "The sample was copied from the wire."
        "`obj[]` and `\"file\": {…}`";
    MAP_BY_KEYS "map-by-keys"
        "An object whose keys are data"
        "Numbers, placeholders and Chinese words name no fields."
        "`{\"1001\": {…}, \"1002\": {…}}`";
    MAP_BY_TEXT "map-by-text"
        "An object whose text says what its keys are"
        "A key that is explained is data; the name in the sample is a placeholder."
        "`key 为字段 id` and `{\"FIELD\": 1}`";
    RECURSIVE "recursive"
        "An object that holds what one around it holds"
        "It is written as free JSON where the outer object has no name to refer to."
        "a department's departments";
    EMPTY_OBJECT "empty-object"
        "An object without any field"
        "Nothing says what it holds."
        "`\"ext\": {}`";
    OBJECT_WITHOUT_FIELDS "object-without-fields"
        "Object in the type cell, and no field"
        "Its type stands on no page that was read."
        "`|ext|object|`";
    STRING_SHOWN_AS_NUMBER "string-shown-as-number"
        "String in the type cell, a number in the sample"
        "The sample was copied from the wire."
        "`|size|string|` and `\"size\": 10`";
    STRING_SHOWN_AS_BOOL "string-shown-as-bool"
        "String in the type cell, true in the sample"
        "The sample was copied from the wire, and the text names true or false."
        "`|open|string|true或false|` and `\"open\": true`";
    BOOL_SHOWN_AS_NUMBER "bool-shown-as-number"
        "Bool in the type cell, 0 or 1 in the sample"
        "The sample was copied from the wire."
        "`|open|bool|` and `\"open\": 1`";
    NUMBER_SHOWN_AS_STRING "number-shown-as-string"
        "Number in the type cell, a string in the sample"
        "The sample was copied from the wire."
        "`|size|uint32|` and `\"size\": \"10\"`";
    NUMBER_BY_NAME "number-by-name"
        "A placeholder where a number belongs"
        "Departments, tags and applications have numbers wherever they stand."
        "`\"partyid\": \"PARTYID\"`";
    NAME_SHOWN_AS_NUMBER "name-shown-as-number"
        "A name shown as a number"
        "A name is words, whatever somebody typed into the sample."
        "`\"grid_name\": 1`, `网格名称`";
    SEVERAL_TYPES "several-types"
        "Samples of several types"
        "A string holds them all."
        "`1` here, `\"a\"` there";
    TYPE_BY_WORDING "type-by-wording"
        "A type by its words"
        "Neither a sample nor a type cell shows it."
        "`is_leader`, `是否…`";

    VALUE_NOT_LISTED "value-not-listed"
        "A sample's value that the text does not list"
        "Either the list is not whole, or the sample is a placeholder; words that the sample contradicts are no enumeration."
        "`1-成员 2-部门` and `\"type\": 3`";
    TIME_BY_WORDING "time-by-wording"
        "A time by its words, whatever the sample's number"
        "Samples are made up: `166666666` is no point in time, and `创建时间` is one."
        "`|send_time|消息发送时间对应的unix时间戳|` and `\"send_time\": 166666666`";

    // Unions, by what shows them.
    UNION_PARTS "union-parts"
        "A tag whose values title the parts that describe its payload"
        "Each part is what stands there under that value."
        "`control参数为Date`";
    UNION_COMMON_WORD "union-common-word"
        "Values and fields that differ only in what stands before"
        "`…_URL` and `…_url` name the same thing; at least half of the family must meet."
        "`FIELD_TYPE_URL` and `property_url`";
    UNION_BY_TABLE "union-by-table"
        "Tables in each of which the tag has one value"
        "What all tables list is common, the rest belongs to that value."
        "`card_type`, `此时固定为vote`";
    UNION_BY_CELLS "union-by-cells"
        "Presence cells that name the tag's values"
        "A field that one value requires belongs to it."
        "`|url|view类型必须|`";
    UNION_BY_WORDING "union-by-wording"
        "Texts that name the tag's value"
        "A field that is there under one value alone belongs to it."
        "`仅type为1时返回`";
    UNION_BY_SAMPLES "union-by-samples"
        "Samples that show one object for each number of the tag"
        "No two objects share a number."
        "`\"type\": 1` beside `text`, `\"type\": 2` beside `link`";
    UNION_BY_LABELS "union-by-labels"
        "Labels of the tag's values that stand in the fields' texts"
        "Each label in one text, each text with one label."
        "`1-成员 2-部门`, `成员id`, `部门id`";
    UNION_BY_KEY "union-by-key"
        "Elements that hold one key each"
        "The key that is there tells which it is."
        "`[{\"insert\": {…}}, {\"delete\": {…}}]`";

    VALUES_OF_OTHER_SIDE "values-of-other-side"
        "A field whose values the endpoint lists elsewhere under the same name"
        "Request and answer of one endpoint mean the same by a name; a vague one counts only in the same object, or with the same words."
        "`user_type` in the answer, explained in the request's table";

    LACKS_LIKE_REQUEST "lacks-like-request"
        "An answer's field that the requests beside may leave out"
        "What was never set is not there when it is asked for. Only where each request of the folder that has the field in such an object may leave it out."
        "`settings.password` is optional in `create` and `update`, and unmarked in `get`";
    ONLY_WHAT_CHANGES "only-what-changes"
        "A note that overrides the column of what is required"
        "Who wrote the note knew of the table; a call that must send all could change nothing alone."
        "`注：除id外，需要更新的字段才填` below rows with 是";
    NEEDED "needed"
        "A request's field that no row describes, and without which nothing is said"
        "The one field of a body or of an object, and the object that holds what a row requires, are there in each sample."
        "the row `mra.id` with 是, and none of `mra`";
    SHOWN_THROUGHOUT "shown-throughout"
        "Fields that no row describes and each sample has"
        "Several elements that all have a field, and an object of one field, leave no room for chance."
        "`{\"fail_list\": [{\"id\": 1, \"code\": 2}, {\"id\": 3, \"code\": 4}]}` and no row below `fail_list`";

    // Entries.
    MODE_REFUSED "mode-refused"
        "A tree whose applications the page refuses"
        "A page may stand in a tree for reference; its own table says who may call."
        "`代开发应用：暂不支持` on a page of 服务商代开发";
    REPEAT "repeat"
        "A POST that only reads, a GET that does more"
        "Name or title say so: reading twice harms nothing; what was deleted or redeemed once is not there again."
        "`/user/list`, `查询…`; `GET /menu/delete`, `?code=CODE`";
    NO_BODY "no-body"
        "A POST of which no page shows a body"
        "Where the page has a table of the token alone, an empty object is sent, else nothing."
        "`请求方式：POST` and neither sample nor table of the request";
    QUERY_WITHOUT_ROW "query-without-row"
        "A parameter that stands in the URL alone"
        "A string holds whatever it is; a fixed word is its only value."
        "`?access_token=X&type=TYPE` without a row `type`";
    QUERY_OBJECT "query-object"
        "A parameter of the URL that rows describe as an object"
        "No object stands in a URL: the rows are about something else."
        "`&filter=F`, `|filter.name|`";
    INCREMENTAL_CURSOR "incremental-cursor"
        "A cursor that is always there, to be kept for the next time"
        "Nothing says where such a list ends: paging through it would never do so."
        "`next_cursor`, `每次调用后均应保存`, and no `has_more`";
    PAGING_WITHOUT_END "paging-without-end"
        "Pages by a cursor, and nothing that tells the last one"
        "Such a list ends where no further position is answered."
        "`next_cursor`, and neither `has_more` nor `is_last`";
    UPLOAD_PART "upload-part"
        "An upload whose form field has no name"
        "Most uploads call it `media`."
        "`使用multipart/form-data POST上传文件`";
    FIELD_NAME "field-name"
        "Two fields with one Rust name"
        "The later one gets a number."
        "`userId` and `userid`";
    TOO_DEEP "too-deep"
        "An object more than twenty levels down"
        "No API of the pages is so deep: a slip nests something into itself."
        "twenty-one objects in each other";

    // Events.
    EVENT_VALUES "event-values"
        "An event whose table lists further values of its mark"
        "One sample stands for all of them, and so do its fields."
        "`ChangeType`: `create_rule`-新增，`delete_rule`-删除, and a sample of the first alone";
    EVENT_MARK "event-mark"
        "An event whose sample has another mark than its table"
        "A table names the values that come; a sample may hold a placeholder or a slip."
        "`<ChangeType>xxx_file</ChangeType>`, and the table lists `create_file`, `delete_file`";

    // Error codes and names.
    ERROR_CLASS "error-class"
        "The class of an error code by its words"
        "Pages say what a code means, not what to do about it."
        "`40014 不合法的access_token` is `token_expired`";
    SHARED_TYPE "shared-type"
        "The same object or enumeration in several places of a file"
        "One type: three fields alike are no chance, nor are two with the same texts. Requests share only what they require and limit alike."
        "`owner` with `userid`, `name` and `phone` in two answers";
    TYPE_NAME "type-name"
        "Two types with one Rust name"
        "The later one gets a number."
        "`item` in `a` and `items` beside it";
}
