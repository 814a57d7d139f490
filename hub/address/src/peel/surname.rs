//! Chinese surnames, by which a name is told from other words beside a phone number.

use crate::text::{Words, at, starts_with_any};

/// Surnames of one character.
const SINGLE: &str = "\
赵钱孙李周吴郑王冯陈褚卫蒋沈韩杨朱秦尤许何吕施张孔曹严华金魏陶姜戚谢邹喻柏水窦章云苏潘葛奚范彭郎鲁韦昌马苗凤花方\
俞任袁柳酆鲍史唐费廉岑薛雷贺倪汤滕殷罗毕郝邬安常乐于时傅皮卞齐康伍余元卜顾孟平黄和穆萧尹姚邵湛汪祁毛禹狄米贝明臧\
计伏成戴谈宋茅庞熊纪舒屈项祝董梁杜阮蓝闵席季麻强贾路娄危江童颜郭梅盛林刁钟徐邱骆高夏蔡田樊胡凌霍虞万支柯昝管卢莫\
经房裘缪干解应宗丁宣贲邓郁单杭洪包诸左石崔吉钮龚程嵇邢滑裴陆荣翁荀羊於惠甄曲家封芮羿储靳汲邴糜松井段富巫乌焦巴弓\
牧隗山谷车侯宓蓬全郗班仰秋仲伊宫宁仇栾暴甘钭厉戎祖武符刘景詹束龙叶幸司韶郜黎蓟薄印宿白怀蒲邰从鄂索咸籍赖卓蔺屠蒙\
池乔阴胥能苍双闻莘党翟谭贡劳逄姬申扶堵冉宰郦雍桑桂濮牛寿通边扈燕冀郏浦尚农温别庄晏柴瞿阎充慕连茹习宦艾鱼容向古易慎\
戈廖庾终暨居衡步都耿满弘匡国文寇广禄阙东欧殳沃利蔚越夔隆师巩厍聂晁勾敖融冷訾辛阚那简饶空曾毋沙乜养鞠须丰巢关蒯相查\
后荆红游竺权逯盖益桓公肖闫付涂代仝苑岳覃佟侬帅苟晋撒豆展由战原位初信仵库线候区";

/// Surnames of two characters.
const DOUBLE: Words = Words::new(&[
    "欧阳", "上官", "司马", "诸葛", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "司徒",
    "司空", "夏侯", "端木", "轩辕", "独孤", "南宫", "西门", "百里", "呼延", "澹台", "公冶", "太史", "申屠",
    "拓跋", "闻人", "万俟", "赫连", "淳于", "单于",
]);

/// What is put behind a surname or a name.
const TITLES: &[&str] =
    &["先生", "女士", "小姐", "老师", "经理", "师傅", "太太", "同学", "医生", "老板", "阿姨", "主任", "总"];

/// Last characters of places, which no name ends with.
const PLACE_ENDS: &str = "区县市省州镇乡村路街道巷弄号楼栋幢室层座元店厂园苑里城厦场院馆站库组队屯庄湾桥府庭寓所部厅社户房门口旁边侧内";

/// Whether these characters, all of them, are the name of a person.
pub(super) fn is_name(text: &[char]) -> bool {
    let len = text.len();
    let titled = TITLES.iter().find_map(|title| {
        // Three bytes a character.
        let stem = len.checked_sub(title.len() / 3).filter(|stem| *stem > 0)?;
        (starts_with_any(text, stem, &[title]) == Some(len)).then_some(stem)
    });
    let stem = titled.unwrap_or(len);
    if text.iter().any(|letter| matches!(letter, '*')) {
        return (2..=4).contains(&len);
    }
    if text.contains(&'·') {
        return (4..=16).contains(&len) && text.first() != Some(&'·') && text.last() != Some(&'·');
    }
    if titled.is_none() && text.last().is_some_and(|last| PLACE_ENDS.contains(*last)) {
        return false;
    }
    if DOUBLE.at(text, 0).is_some() {
        return (3..=4).contains(&stem) || (titled.is_some() && stem == 2);
    }
    let nick = matches!(at(text, 0), '小' | '老' | '阿');
    let surname = SINGLE.contains(at(text, 0));
    if titled.is_some() {
        return (surname || nick) && (1..=3).contains(&stem);
    }
    (surname && (2..=3).contains(&len)) || (nick && len == 2)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let name = |text: &str| is_name(&text.chars().collect::<Vec<_>>());
        for yes in
            ["张三", "李雷", "欧阳娜娜", "王先生", "张*", "张**", "买买提·艾力", "小明", "陈小姐", "欧阳先生"]
        {
            assert!(name(yes), "{yes}");
        }
        for no in ["南山区", "高新区", "文三路", "科技园", "张江高科园", "一号门", "路", "张", "金山大厦"]
        {
            assert!(!name(no), "{no}");
        }
    }
}
