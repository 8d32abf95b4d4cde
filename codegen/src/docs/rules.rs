//! The rules by which the importer decides what a page does not say. Each such decision is reported with its rule, for a person to judge.
//!
//! A new rule needs an entry here and a page of our own, `tests/pages/<code>.md`, to which it applies; the test `pages` writes the
//! resulting entry beside that page. `docs trial` prints to how many pages of a crawl each rule applied.

use std::fmt;

/// A rule.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Rule {
    /// Stable name.
    pub code: &'static str,
    /// What it is about, in a few words.
    pub title: &'static str,
    /// Why it decides so.
    pub reason: &'static str,
    /// What it applies to.
    pub example: &'static str,
}

impl Rule {
    /// Whether it reports what a page says outside its tables, rather than how a field was read.
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
        "A request with a body, or one that a robot's key authorizes, is taken to be a POST; any other a GET."
        "`请求地址：https://…/get?access_token=X` and no `请求方式`";
    TEXT_BEFORE "text-before"
        "Sentences before the first endpoint"
        "They may apply to all endpoints of the page or to none; only a person can decide."
        "`本文档用于…` above the first `请求方式`";
    SAMPLE_UNREADABLE "sample-unreadable"
        "A sample that is not JSON, even after its common slips are repaired"
        "Reading it in part would produce fields that do not exist."
        "`{\"a\" 1`";
    TABLE_UNREADABLE "table-unreadable"
        "A table whose line breaks are lost"
        "Where its rows begin and end is unknown, and importing some of them would hide that the others are missing."
        "`| 参数 | 类型 | 说明 || id | 编号 |`";
    TABLE_OF_KINDS "table-of-kinds"
        "A table that lists the type of each kind of value"
        "Its rows are not fields. Which kind a value has is documented elsewhere, and only a person can find out where."
        "`|字段类型|单元格值类型|`";
    TEXT_BEHIND "text-behind"
        "Sentences after the last part of an endpoint"
        "They may apply to all endpoints of the page or to none; only a person can decide. Permissions that are named there apply to all."
        "`## 使用建议` after the answer's table";
    SAMPLE_ALONE "sample-alone"
        "Fields that samples show and no table describes"
        "Nothing documents what they mean or whether they are always present."
        "`{\"url\": \"URL\"}` and no table of the answer";

    // Several pages of one path.
    OTHER_PAGE "other-page"
        "A further page says something else"
        "An entry has one text, that of its main page. What the other pages add or contradict is for a person to decide."
        "the page for providers names another permission";
    REQUIRED_ON_ONE_PAGE "required-on-one-page"
        "Required on one page, absent from another"
        "A request without the field, as the other page shows it, is accepted too; what is received comes as either page shows it."
        "`schedule` of `发送日程邮件`, which `发送普通邮件` does not have";

    ONE_OF_PAGES "one-of-pages"
        "Pages of one path that require different fields"
        "Each page describes a function of its own, selected by a key of the body: a request has exactly one of these keys."
        "`add_records` on one page, `update_records` on the other";
    FIELD_MODES "field-modes"
        "A field that only some kinds of application have"
        "Each page of an endpoint describes what the applications of its part of the documentation send and receive."
        "`watermark_type` on the page of 企业内部开发, and not on that of 第三方应用开发";

    // Rows and samples.
    NAME_UNREADABLE "name-unreadable"
        "A row whose name is not a field name"
        "Its name has characters that no field name has, so it cannot be placed."
        "`|id & name|string|`";
    TABLE_WITHOUT_PLACE "table-without-place"
        "A table whose title matches no field"
        "As part of the body it would produce fields that do not exist."
        "a table `Color 说明`, and no field of the type `Color`";
    SAMPLE_WITHOUT_PLACE "sample-without-place"
        "A sample that shares no field with the body"
        "It shows something else, such as a part of the body that its title does not name."
        "`{\"x\": 1}` after `{\"a\": 1}`";
    PART_OF_A_SERIES "part-of-a-series"
        "A numbered appendix whose title does not name the object that it describes"
        "Appendices of one series describe the same object; at least three others name it."
        "`附4：假勤控件说明` after `附3：文件控件 config说明`";
    BESIDE_THE_LIST "beside-the-list"
        "A field that the table has in the elements of a list, and the samples beside the list"
        "Samples come from real calls, and none of the elements has it."
        "the row `rules.list.by_date`, and `{\"rules\": {\"list\": [{\"days\": 1}], \"by_date\": true}}`";
    TWIN_NAMES "twin-names"
        "A field whose name is spelled differently in the table and in the samples"
        "As two fields, one of them would never be received, or would be required of every call. The spelling of the sample is used, as samples come from real calls."
        "the row `cursort` and `\"cursor\": \"x\"`";
    MISSPELT_PATH "misspelt-path"
        "A dotted row that names an object which neither a sample nor a row of its own has"
        "Where the rows around it, or a sample, have the rest of the path under another name, that object is meant: two objects for one would both be wrong."
        "`students.parent.mobile` among rows of `students.parents`";
    NODE "node"
        "A list whose elements are like the object that holds it"
        "Its elements have the same fields as the object, and only the rows of the elements describe them."
        "`button` and its `sub_button`";
    LIKE_THE_OUTER "like-the-outer"
        "An object that shows the fields of one around it"
        "Three fields of the same name and kind are not a coincidence; two suffice where the text says so."
        "controls within a table control";
    LIKE_THE_ONE_BESIDE "like-the-one-beside"
        "A list that is empty in the sample, while a list of the same name in an object beside it is not"
        "Objects beside each other use the same name for the same thing. Where two other lists of that name differ, neither is used."
        "`\"off\": {\"times\": []}` beside `\"work\": {\"times\": [{…}]}`";
    BELOW_SEVERAL "below-several"
        "Rows below several objects, which the samples show in one of them"
        "Rows that do not follow their object are not its alone, and nothing else describes the objects between."
        "the rows `members`, `admins`, `id`, and `{\"members\": [{\"id\": 1}]}`";

    // Fields of other pages.
    FIELDS_OF_PAGE "fields-of-page"
        "A field whose text refers to another page"
        "That page describes a field of this name, or nothing but this object."
        "`参考[创建表单](#1)`";
    FIELDS_OF_SIBLING "fields-of-sibling"
        "An object without rows that another page of the same folder describes"
        "Pages of one folder have one subject: the page of `add` explains what the sample of `get` shows. All fields of the sample must be among those that are copied."
        "`\"form\": {\"title\": \"a\", \"size\": 1}` without rows";

    // Types.
    LIST_BY_WORDING "list-by-wording"
        "A list that only the text calls one"
        "Neither a sample nor the type cell shows an array, but the text describes one."
        "`成员列表` with rows `members.id` and no sample";
    OBJECT_SHOWN_AS_LIST "object-shown-as-list"
        "One value in the type cell, an array in the sample"
        "The sample comes from a real call; a cell often has the type of the elements."
        "`|guests|object|` and `\"guests\": [{…}]`";
    ROW_MISSING "row-missing"
        "A field that samples show among others, and the table does not"
        "Type and presence are the samples' alone, and what it means is not told."
        "`{\"id\": 1, \"size\": 2}` and the row `id` alone";
    LIST_SHOWN_AS_OBJECT "list-shown-as-object"
        "An array in the type cell, one object in the sample"
        "The sample comes from a real call."
        "`obj[]` and `\"file\": {…}`";
    MAP_BY_KEYS "map-by-keys"
        "An object whose keys are data"
        "Numbers, placeholders and Chinese words are not field names."
        "`{\"1001\": {…}, \"1002\": {…}}`";
    MAP_BY_TEXT "map-by-text"
        "An object whose text explains its keys"
        "A key with an explanation is data; the name in the sample is a placeholder."
        "`key 为字段 id` and `{\"FIELD\": 1}`";
    RECURSIVE "recursive"
        "An object that has the fields of an object around it"
        "It is imported as free JSON where the outer object has no type name to refer to."
        "departments within a department";
    EMPTY_OBJECT "empty-object"
        "An object without any field"
        "Nothing documents its contents."
        "`\"ext\": {}`";
    OBJECT_WITHOUT_FIELDS "object-without-fields"
        "Object in the type cell, and no fields"
        "No page that was read describes its type."
        "`|ext|object|`";
    STRING_SHOWN_AS_NUMBER "string-shown-as-number"
        "String in the type cell, a number in the sample"
        "The sample comes from a real call."
        "`|size|string|` and `\"size\": 10`";
    STRING_SHOWN_AS_BOOL "string-shown-as-bool"
        "String in the type cell, true in the sample"
        "The sample comes from a real call, and the text names true or false."
        "`|open|string|true或false|` and `\"open\": true`";
    BOOL_SHOWN_AS_NUMBER "bool-shown-as-number"
        "Bool in the type cell, 0 or 1 in the sample"
        "The sample comes from a real call."
        "`|open|bool|` and `\"open\": 1`";
    NUMBER_SHOWN_AS_STRING "number-shown-as-string"
        "Number in the type cell, a string in the sample"
        "The sample comes from a real call."
        "`|size|uint32|` and `\"size\": \"10\"`";
    NUMBER_BY_NAME "number-by-name"
        "A placeholder in place of a number"
        "The ids of departments, tags and applications are numbers on all pages."
        "`\"partyid\": \"PARTYID\"`";
    NAME_SHOWN_AS_NUMBER "name-shown-as-number"
        "A name shown as a number"
        "A name is text, whatever the sample has."
        "`\"grid_name\": 1`, `网格名称`";
    SEVERAL_TYPES "several-types"
        "Samples of several types"
        "A string can hold all of them."
        "`1` here, `\"a\"` there";
    TYPE_BY_WORDING "type-by-wording"
        "A type that only name and text suggest"
        "Neither a sample nor the type cell shows it."
        "`is_leader`, `是否…`";

    VALUE_NOT_LISTED "value-not-listed"
        "A sample's value that the text does not list"
        "Either the list is incomplete, or the sample is a placeholder. A list of words that the sample contradicts is not imported as an enumeration."
        "`1-成员 2-部门` and `\"type\": 3`";
    TIME_BY_WORDING "time-by-wording"
        "A time that only the text calls one"
        "Numbers in samples are often made up: `166666666` is not a plausible time, but `创建时间` names one."
        "`|send_time|消息发送时间对应的unix时间戳|` and `\"send_time\": 166666666`";

    // Unions, by how they are recognised.
    UNION_PARTS "union-parts"
        "A tag whose values title the parts that describe its payload"
        "Each part describes the payload of that value."
        "`control参数为Date`";
    UNION_COMMON_WORD "union-common-word"
        "Values and fields with the same ending"
        "`…_URL` and `…_url` name the same thing; at least half of the values must have such a field."
        "`FIELD_TYPE_URL` and `property_url`";
    UNION_BY_TABLE "union-by-table"
        "Several tables, each for one value of the tag"
        "Fields that all tables list are common to all values; the others belong to the value of their table."
        "`card_type`, `此时固定为vote`";
    UNION_BY_CELLS "union-by-cells"
        "Presence cells that name the tag's values"
        "A field that is required for one value belongs to that value."
        "`|url|view类型必须|`";
    UNION_BY_WORDING "union-by-wording"
        "Texts that name the tag's value"
        "A field that is present for one value only belongs to that value."
        "`仅type为1时返回`";
    UNION_BY_SAMPLES "union-by-samples"
        "Samples that show one object for each number of the tag"
        "No two objects appear with the same number."
        "`\"type\": 1` beside `text`, `\"type\": 2` beside `link`";
    UNION_BY_LABELS "union-by-labels"
        "Texts of fields that contain the labels of the tag's values"
        "Each label is in one text, and each text has one label."
        "`1-成员 2-部门`, `成员id`, `部门id`";
    UNION_BY_KEY "union-by-key"
        "List elements with a single key each"
        "The key identifies the variant."
        "`[{\"insert\": {…}}, {\"delete\": {…}}]`";

    VALUES_OF_OTHER_SIDE "values-of-other-side"
        "A field whose values the endpoint lists elsewhere under the same name"
        "Request and answer of one endpoint use a name for the same thing; a vague name counts only in the same object or with the same text."
        "`user_type` in the answer, explained in the request's table";

    VALUES_BY_SAMPLES "values-by-samples"
        "A field of a type that samples show with several words of one table, which no text names"
        "Two words or more that a table lists and the field has are no coincidence; what the table is about stands in a sentence above it, if anywhere."
        "a table `字段值|功能名称` with `click` and `view`, and `\"type\": \"click\"` beside `\"type\": \"view\"`";

    OF_OTHER_CALL "of-other-call"
        "A field that its text gives to another call, or denies to this one"
        "Pages of one subject share their tables: what only the call that reads returns cannot be sent, and what it does not return never comes."
        "`文件名（获取列表接口才返回该字段）` in the request of `add`";
    LACKS_LIKE_REQUEST "lacks-like-request"
        "A field of an answer that the requests of the same folder may leave out"
        "What was never set is not returned. Applies to texts, lists and objects, and only where every request of the folder with this field in such an object, or every one that makes the object, may leave it out: a number has a value by itself, and names and ids are never missing."
        "`settings.password` is optional in `create` and `update`, and unmarked in `get`";
    LACKS_BY_KIND "lacks-by-kind"
        "A field of an answer that there is something to tell of at times alone"
        "Pages show the full case: an answer in which nothing failed, nothing is attached or nothing was paid yet has nothing to tell there. An optional field that is always there costs a look."
        "`非法成员列表`, `工单图片列表`, `付款时间`, and `next_cursor` without a flag";
    ONLY_WHAT_CHANGES "only-what-changes"
        "A note that overrides the column of what is required"
        "The author of the note knew the table; if a call had to send all fields, it could not change a single one."
        "`注：除id外，需要更新的字段才填` below a table that says 是";
    OF_SOME_KINDS "of-some-kinds"
        "Required by its cell, and absent from samples of other kinds"
        "Where a tag chooses between fields, each column marks all of them; a sample without one was sent all the same."
        "`userid` with 是, `dept` with `type为2时填写`, and `{\"type\": 2, \"dept\": 1}`";
    NEEDED "needed"
        "A field of a request without a row, without which the request would be empty"
        "The only field of a body or object, and an object with a required field, are present in each sample."
        "the row `mra.id` with 是, and no row `mra`";
    LACKS_IN_SAMPLES "lacks-in-samples"
        "A field of an answer that its samples lack, always or at times, without a word about it"
        "A required field that lacks would cost the answer, an optional one that is always there costs a look."
        "the row `remark`, and `{\"list\": [{\"id\": 1}]}`";
    WITHOUT_COLUMN "without-column"
        "A field of a request in a table that has no column for presence"
        "A client that demands what need not be sent could not be used; one that demands too little gets an error that says so."
        "`|字段|类型|说明|` of a type that the body holds";
    NOT_SHOWN "not-shown"
        "Fields of an answer that no sample shows"
        "Only the words of a row could tell that its field may lack, and these do not."
        "`|id|编号|` beside an answer of `errcode` and `errmsg` alone";
    SHOWN_THROUGHOUT "shown-throughout"
        "Fields without a row that each sample has"
        "That several elements all have a field, or that an object has no other field, is not a coincidence."
        "`{\"fail_list\": [{\"id\": 1, \"code\": 2}, {\"id\": 3, \"code\": 4}]}` and no row below `fail_list`";

    // Entries.
    MODE_REFUSED "mode-refused"
        "A kind of application that the page excludes"
        "A page may be listed under a kind of application for reference only; its own table says who may call."
        "`代开发应用：暂不支持` on a page under 服务商代开发";
    MODE_GRANTED "mode-granted"
        "A kind of application that the page's own table of permissions names, though no page is listed under it"
        "The table says what such an application needs, so it may call."
        "`第三方应用：需拥有…权限` on a page under 企业内部开发 alone";
    MODES_BY_TEXT "modes-by-text"
        "A field that its text denies to a kind of application"
        "The text speaks of all applications of that kind; those of the others have the field."
        "`仅第三方应用可获取`, `第三方不可获取`";
    TOLD_BUT_UNREAD "told-but-unread"
        "A limit, default, condition or values that a text tells and nothing was read of"
        "Pages have more ways to say a thing than are known; what is not read must not be lost in silence."
        "`|id|string|否|编号，长度同名称，不超过其最大的32个|`";
    LACKS_BY_CONDITION "lacks-by-condition"
        "A field of an answer that each sample shows, and whose text begins with a condition"
        "The text tells what the field is under that condition; under another one it says nothing, and may lack."
        "`scale为1时，天数` beside `scale`";
    CONDITION_BY_WORDS "condition-by-words"
        "A condition whose words do not name its field, or that stands in the text of another field"
        "A label that one field beside lists, and a name with one wrong letter, leave no choice; a text that names another field is meant for it."
        "`仅上传时有效` beside `operation`, `1-上传 2-下载`; `kind`: `1-按编号，该条件下ids必填`";
    LIMIT_IN_TEXT "limit-in-text"
        "A limit, or how long a value is good, by a sentence beside the tables or in a list of error codes"
        "The sentence names the field, or nothing else of the kind could be meant."
        "`用户列表不超过100个` above a table with `userid_list`, `需要获取的用户列表`; `pending_id有效期为90天`";
    REPEAT "repeat"
        "A POST that only reads, or a GET that changes something"
        "This follows from name or title. Reading twice does no harm; what was deleted or redeemed once cannot be deleted or redeemed again."
        "`/user/list`, `查询…`; `GET /menu/delete`, `?code=CODE`";
    NO_BODY "no-body"
        "A POST without a documented body"
        "Where the table lists nothing but the token, an empty object is sent, otherwise nothing."
        "`请求方式：POST` and neither a sample nor a table of the request";
    QUERY_WITHOUT_ROW "query-without-row"
        "A parameter that only the URL shows"
        "Its type is assumed to be a string; a fixed word in the URL is taken for its only value."
        "`?access_token=X&type=TYPE` without a row `type`";
    QUERY_OBJECT "query-object"
        "A parameter of the URL that the table describes as an object"
        "A URL cannot hold an object: the rows describe something else."
        "`&filter=F`, `|filter.name|`";
    INCREMENTAL_CURSOR "incremental-cursor"
        "A cursor that is always returned, to be stored for the next call"
        "Nothing marks the end of such a list: paging through it would never end."
        "`next_cursor`, `每次调用后均应保存`, and no `has_more`";
    PAGING_WITHOUT_END "paging-without-end"
        "Pages by a cursor, and no field that marks the last page"
        "Such a list ends where the answer has no further cursor."
        "`next_cursor`, and neither `has_more` nor `is_last`";
    UPLOAD_PART "upload-part"
        "An upload whose form field is not named"
        "Most uploads use `media`."
        "`使用multipart/form-data POST上传文件`";
    FIELD_NAME "field-name"
        "Two fields with one Rust name"
        "A number is appended to the second name."
        "`userId` and `userid`";
    TOO_DEEP "too-deep"
        "An object more than twenty levels down"
        "No documented API is nested so deeply: the page was misread, and something contains itself."
        "twenty-one nested objects";

    // Events.
    EVENT_VALUES "event-values"
        "An event whose table lists further values of the field that identifies it"
        "The sample is an example of all these events: they have the same fields."
        "`ChangeType`: `create_rule`-新增，`delete_rule`-删除, and a sample of the first only";
    EVENT_MARK "event-mark"
        "An event that sample and table identify differently"
        "The table lists the values that occur; the sample may have a placeholder or a mistake."
        "`<ChangeType>xxx_file</ChangeType>`, and the table lists `create_file`, `delete_file`";

    // Error codes and names.
    ERROR_CLASS "error-class"
        "The class of an error code, derived from its text"
        "Pages document what a code means, not how to handle it."
        "`40014 不合法的access_token` is given the class `token_expired`";
    SHARED_TYPE "shared-type"
        "The same object or enumeration in several places of a file"
        "They become one type: three equal fields are not a coincidence, nor are two with the same texts. Where presence, conditions or limits of a field differ, each place keeps its own."
        "`owner` with `userid`, `name` and `phone` in two answers";
    TYPE_NAME "type-name"
        "Two types with one Rust name"
        "A number is appended to the second name."
        "`item` in `a` and `items` beside it";
}
