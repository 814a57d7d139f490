//! Names and phones in the sentences carriers write.

use super::*;

fn text(remark: &str) -> String {
    mask(remark).text.into_owned()
}

#[test]
fn hides_who_stands_before_what_he_does() {
    assert_eq!(text("【郑州市】何测试(13800000246) 正在派件"), "【郑州市】何**(138****0246) 正在派件");
    assert_eq!(text("义乌测试一部 的 方测试 已揽收"), "义乌测试一部 的 方** 已揽收");
    assert_eq!(text("小件员 许测试 13800000057 正在派送"), "小件员 许** 138****0057 正在派送");
    assert_eq!(text("许测试 138****0057 正在派送"), "许** 138****0057 正在派送");
    assert_eq!(mask("网点的方测试（0579-55500135）已揽收").courier.as_deref(), Some("方**"));
    for remark in [
        "【杭州市】测试营业部 已揽收",
        "您的快件已揽收",
        "已揽收",
        "京东快递 已收取快件",
        "包裹正在派送",
        "YTO已揽收",
    ] {
        assert_eq!(text(remark), remark);
    }
}

#[test]
fn hides_what_older_pushes_write() {
    assert_eq!(text("诸城公司 的派件员 测试点何测试 正在派件"), "诸城公司 的派件员 测***** 正在派件");
    assert_eq!(text("派送业务员：何测试；联系电话：13800000024"), "派送业务员：何**；联系电话：138****0024");
    assert_eq!(text("已签收,签收人是何测试签收"), "已签收,签收人是何**签收");
    assert_eq!(mask("已签收,签收人是：何测试").signer.as_deref(), Some("何**"));
    for remark in ["已签收,签收人是前台签收", "已签收,签收人是门卫签收", "派件员 正在派件", "快递员收件"]
    {
        assert_eq!(text(remark), remark);
    }
}

#[test]
fn hides_names_that_other_fields_give_away() {
    assert_eq!(mask_with("快件由何测试取走,何测试", &["何测试"]).text, "快件由何**取走,何**");
    assert_eq!(mask_with("由本人签收,前台", &["本人", "前台", "台", " "]).text, "由本人签收,前台");
    assert_eq!(mask_name("何测试"), "何**");
    assert_eq!(signer("何测试").as_deref(), Some("何**"));
    assert!(
        ["本人", "前台", "凭取货码签收", "测试驿站", "", "138****0246"]
            .iter()
            .all(|text| signer(text).is_none())
    );
    assert_eq!(mask_phone("13800000246"), ("138****0246".to_owned(), true));
    assert_eq!(mask_phone("138****0246"), ("138****0246".to_owned(), false));
    assert_eq!(mask_phone("95338"), ("***38".to_owned(), false));
}

#[test]
fn hides_couriers_and_phones() {
    let masked = mask("正在派送途中,请您准备签收(派件人:林测试,电话:13800000135)");
    assert_eq!(masked.text, "正在派送途中,请您准备签收(派件人:林**,电话:138****0135)");
    assert_eq!(masked.courier.as_deref(), Some("林**"));
    assert_eq!(masked.phone, Some(("138****0135".to_owned(), true)));
    let masked = mask("快件交给林测试，正在派送途中（联系电话：13800000135）");
    assert_eq!(masked.text, "快件交给林**，正在派送途中（联系电话：138****0135）");
    assert_eq!(masked.courier.as_deref(), Some("林**"));
}

#[test]
fn hides_names_without_a_colon_and_leaves_what_is_no_name() {
    assert_eq!(text("快递员林测试正在为您派件"), "快递员林**正在为您派件");
    assert_eq!(text("快递员从丰巢收件成功"), "快递员从丰巢收件成功");
    assert_eq!(text("快件交给顺丰"), "快件交给顺丰");
    assert_eq!(text("签收人:本人"), "签收人:本人");
    assert_eq!(text("签收人: 凭取货码签收"), "签收人: 凭取货码签收");
    assert_eq!(mask("签收人:林测试").signer.as_deref(), Some("林**"));
    assert_eq!(mask("签收人:本人").signer, None);
}

#[test]
fn hides_every_way_a_phone_is_written() {
    assert_eq!(text("电话138 0000 0035"), "电话138 **** 0035");
    assert_eq!(text("0755-55500135"), "0755-55****35");
    assert_eq!(text("+8613800000035"), "+86138****0035");
    assert_eq!(text("电话１３８０００００１３５"), "电话１３８****０１３５");
    assert_eq!(text("致电 55500135"), "致电 55****35");
}

#[test]
fn leaves_numbers_that_are_no_phones() {
    for remark in ["SF7444400091234", "运单444400091234", "2026-03-05 18:00", "客服95338", "凭取件码123456"]
    {
        assert_eq!(text(remark), remark);
    }
}

#[test]
fn hides_to_whom_a_task_was_given() {
    assert_eq!(text("揽收任务已分配给何测试"), "揽收任务已分配给何**");
    assert_eq!(
        text("揽收任务已分配给何测试（联系电话：13800000024）。"),
        "揽收任务已分配给何**（联系电话：138****0024）。"
    );
    assert_eq!(text("已分配给快递员何测试,联系电话13800000024"), "已分配给快递员何**,联系电话138****0024");
    assert_eq!(text("揽收人: 何测试（13800000024）"), "揽收人: 何**（138****0024）");
    for remark in
        ["客户签收人: 已签收，感谢使用", "揽收任务已分配给营业部", "任务已分配给快递员", "取件人: 本人"]
    {
        assert_eq!(text(remark), remark);
    }
}

#[test]
fn hides_names_set_apart_by_slashes_and_brackets() {
    assert_eq!(text("(何测试/13800000024)正在为您派送"), "(何**/138****0024)正在为您派送");
    assert_eq!(text("测试网点/何测试 13800000024"), "测试网点/何** 138****0024");
    assert_eq!(text("致电/13800000024"), "致电/138****0024");
    assert_eq!(text("快件已由【何测试】签收"), "快件已由【何**】签收");
    assert_eq!(mask("快件已由【何测试】签收").signer.as_deref(), Some("何**"));
    for remark in ["快件已由【本人】签收", "您的快件已由【客户指定地点】代收", "快件已由【仓库】代收"]
    {
        assert_eq!(text(remark), remark);
    }
}
