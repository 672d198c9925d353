"""English names that the sources of make.py lack: expense codes, ranks, counties."""

EXPENSE_CODES = {
    "30101": "Basic salary",
    "30102": "Allowances and subsidies",
    "30103": "Bonuses",
    "30106": "Meal subsidies",
    "30107": "Performance pay",
    "30108": "Basic pension contributions",
    "30109": "Occupational annuity contributions",
    "30110": "Basic medical insurance contributions",
    "30111": "Civil-service medical subsidy contributions",
    "30112": "Other social security contributions",
    "30113": "Housing fund",
    "30114": "Medical expenses",
    "30199": "Other wages and welfare",
    "30201": "Office expenses",
    "30202": "Printing",
    "30203": "Consulting",
    "30204": "Handling charges",
    "30205": "Water",
    "30206": "Electricity",
    "30207": "Post and telecommunications",
    "30208": "Heating",
    "30209": "Property management",
    "30211": "Travel",
    "30212": "Official travel abroad",
    "30213": "Repair and maintenance",
    "30214": "Rent",
    "30215": "Meetings",
    "30216": "Training",
    "30217": "Official reception",
    "30218": "Special materials",
    "30224": "Uniforms and equipment",
    "30225": "Special fuel",
    "30226": "Labour services",
    "30227": "Commissioned services",
    "30228": "Trade union funds",
    "30229": "Welfare",
    "30231": "Operation and maintenance of official vehicles",
    "30239": "Other transport",
    "30240": "Taxes and surcharges",
    "30299": "Other goods and services",
    "30301": "Pensions of retired veteran cadres",
    "30302": "Pensions",
    "30303": "Severance",
    "30304": "Compensation to bereaved families",
    "30305": "Living allowances",
    "30306": "Relief",
    "30307": "Medical subsidies",
    "30308": "Student grants",
    "30309": "Awards",
    "30310": "Subsidies for private farming",
    "30311": "Social insurance paid on behalf",
    "30399": "Other transfers to persons and families",
    "30901": "Buildings",
    "30902": "Office equipment",
    "30903": "Special equipment",
    "30905": "Infrastructure",
    "30906": "Major repairs",
    "30907": "Information networks and software",
    "30908": "Reserves of materials",
    "30913": "Purchase of official vehicles",
    "30919": "Purchase of other vehicles",
    "30921": "Cultural relics and exhibits",
    "30922": "Intangible assets",
    "30999": "Other basic construction",
    "31001": "Buildings",
    "31002": "Office equipment",
    "31003": "Special equipment",
    "31005": "Infrastructure",
    "31006": "Major repairs",
    "31007": "Information networks and software",
    "31008": "Reserves of materials",
    "31009": "Land compensation",
    "31010": "Resettlement",
    "31011": "Compensation for structures and crops",
    "31012": "Demolition compensation",
    "31013": "Purchase of official vehicles",
    "31019": "Purchase of other vehicles",
    "31021": "Cultural relics and exhibits",
    "31022": "Intangible assets",
    "31099": "Other capital expenditure",
}

RANKS = {
    "city_principal": "City leader, principal",
    "city_deputy": "City leader, deputy",
    "bureau_principal": "Bureau (division) level, principal",
    "bureau_deputy": "Bureau (division) level, deputy",
    "below_bureau": "Below bureau level",
    "county_principal": "County leader, principal",
    "county_deputy": "County leader, deputy",
    "section_principal": "Section level, principal",
    "section_deputy": "Section level, deputy",
    "below_section": "Below section level",
    "province_principal": "Provincial leader, principal",
    "province_deputy": "Provincial leader, deputy",
    "department_principal": "Department level, principal",
    "department_deputy": "Department level, deputy",
    "division_principal": "Division level, principal",
    "division_deputy": "Division level, deputy",
    "below_division": "Below division level",
    "township_principal": "Township leader, principal",
    "township_deputy": "Township leader, deputy",
    "below_township": "Below township level",
}

VEHICLE_CATEGORIES = {
    "confidential": "Confidential communication",
    "emergency": "Emergency support",
    "emergency_special": "Emergency support, special cases (small or medium bus)",
    "large_bus": "Large bus, special cases",
    "law_enforcement": "Law enforcement",
    "law_enforcement_special": "Law enforcement, special needs",
    "special_tech": "Special technical",
    "other": "Other official vehicles",
}

COUNTIES = {
    code: name
    for line in """
        420102 Jiang'an|420103 Jianghan|420104 Qiaokou|420105 Hanyang|420106 Wuchang
        420107 Qingshan|420111 Hongshan|420112 Dongxihu|420113 Hannan|420114 Caidian
        420115 Jiangxia|420116 Huangpi|420117 Xinzhou|420202 Huangshigang|420203 Xisaishan
        420204 Xialu|420205 Tieshan|420222 Yangxin|420281 Daye|420302 Maojian
        420303 Zhangwan|420304 Yunyang|420322 Yunxi|420323 Zhushan|420324 Zhuxi
        420325 Fang|420381 Danjiangkou|420502 Xiling|420503 Wujiagang|420504 Dianjun
        420505 Xiaoting|420506 Yiling|420525 Yuan'an|420526 Xingshan|420527 Zigui
        420528 Changyang Tujia AC|420529 Wufeng Tujia AC|420581 Yidu|420582 Dangyang
        420583 Zhijiang|420602 Xiangcheng|420606 Fancheng|420607 Xiangzhou|420624 Nanzhang
        420625 Gucheng|420626 Baokang|420682 Laohekou|420683 Zaoyang|420684 Yicheng
        420702 Liangzihu|420703 Huarong|420704 Echeng|420802 Dongbao|420804 Duodao
        420822 Shayang|420881 Zhongxiang|420882 Jingshan|420902 Xiaonan|420921 Xiaochang
        420922 Dawu|420923 Yunmeng|420981 Yingcheng|420982 Anlu|420984 Hanchuan
        421002 Shashi|421003 Jingzhou|421022 Gong'an|421024 Jiangling
        421071 Jingzhou Economic and Technological Development Zone|421081 Shishou
        421083 Honghu|421087 Songzi|421088 Jianli|421102 Huangzhou|421121 Tuanfeng
        421122 Hong'an|421123 Luotian|421124 Yingshan|421125 Xishui|421126 Qichun
        421127 Huangmei|421171 Longganhu Administrative Zone|421181 Macheng|421182 Wuxue
        421202 Xian'an|421221 Jiayu|421222 Tongcheng|421223 Chongyang|421224 Tongshan
        421281 Chibi|421303 Zengdu|421321 Sui|421381 Guangshui|422801 Enshi|422802 Lichuan
        422822 Jianshi|422823 Badong|422825 Xuan'en|422826 Xianfeng|422827 Laifeng
        422828 Hefeng|429004 Xiantao|429005 Qianjiang|429006 Tianmen
        429021 Shennongjia Forestry District
    """.split("\n")
    for part in line.strip().split("|")
    if part
    for code, name in [part.split(" ", 1)]
}
