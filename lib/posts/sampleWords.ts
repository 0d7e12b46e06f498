/** How a post feels. */
export type Mood = 'positive' | 'negative' | 'neutral';

type Phrases = readonly [string, ...string[]];

/** What posts of one language are made of. In a phrase `{}` stands for the topic: a hashtag, or its plain words. */
export interface Language {
  readonly lang: string;
  readonly tags: readonly string[];
  readonly phrases: Readonly<Record<Mood, Phrases>>;
  /** What ends a sentence that another follows. */
  readonly stop: string;
  /** Sentences without a mood that may follow. */
  readonly closers: Phrases;
}

const words = (text: string): string[] => text.trim().split(/\s+/u);

const ENGLISH: Language = {
  lang: 'en',
  stop: '.',
  tags: words(`MorningCoffee OpenData WeekendHike MarathonSunday HomeCooking StreetFood NightSky CityCycling BookClub
    RainyDay LocalElections SpaceLaunch GardenTools TeaTime OnlineLearning VinylRecords BoardGames CupFinal TrainTravel
    CoastWalk DataScience SourDough BirdWatching PhotoWalk LiveMusic JazzNight FilmFestival SchoolRun TechTalk
    CodeReview StreamProcessing RetroGaming PuzzleHour PlantCare Pottery Knitting WoodWork SkiSeason SurfReport
    HarvestMoon MeteorShower Eclipse2026 AutumnLeaves SnowDay HeatWave TideTables MapMonday MuseumMile ArtFair
    Architecture CityPlanning NightBus FerryRide BikeLane ParkRun YogaMat ChessOpening PubQuiz CrosswordClub
    PodcastHour RadioDrama IndieBooks PoetryCorner ShortStory ComicStrip Animation TypeDesign OpenSource
    WeatherRadar SolarPanels WindPower RoboticsLab MachineLearning QuantumTalk OceanResearch PolarStation Volcano
    Fossils Archaeology OldMaps FamilyTree Recipes PancakeDay SoupSeason BakeOff FarmersMarket CheeseBoard
    NoodleBar TacoTuesday SpiceRack Breakfast LunchBreak AllotmentLife TomatoSeason Beekeeping DogWalk CatNap
    GoldfishPond RescueCats HorseRiding Rowing Fencing TableTennis Badminton Handball Volleyball RelayTeam
    TrackAndField Velodrome MountainPass CampingTrip Canoe LakeHouse RoadTrip TinyHouse Minimalism FlatMoving
    DeskSetup KeyboardClub StudyBreak ExamWeek GraduationDay FirstJob RemoteWork MondayMeeting FridayPlaylist`),
  phrases: {
    positive: [
      'So happy with {} today',
      'I love how {} keeps getting better',
      'What an amazing evening of {}, thank you all',
      '{} is fantastic, best part of the week',
      'Brilliant work by everyone at {}',
      'Absolutely wonderful afternoon with {}',
      'Great fun at {}, see you all next time',
      'Still smiling about {}, what a beautiful day',
      '{} made my week, awesome people',
      'Proud of our little {} team, superb result',
      'Really enjoyed {} with friends',
      'Excited for {} tomorrow, it looks perfect',
      'A lovely surprise: {} was excellent',
      'Good news for all who follow {}',
    ],
    negative: [
      '{} was a terrible disappointment tonight',
      'I hate waiting in line for {}',
      'So annoyed, {} failed again',
      'Sad to see {} called off',
      'Worst {} in years, what a mess',
      '{} is broken and nobody answers, awful service',
      'Tired and angry after {}, horrible organisation',
      'Lost two hours to {}, such a waste',
      'Bad luck with {}, everything went wrong',
      'The noise at {} was dreadful',
      'Worried about {}, the outlook is poor',
      'Really upset about the way {} ended',
    ],
    neutral: [
      'Reading about {} on the train',
      'Anyone going to {} on Thursday?',
      '{} starts at seven, doors at six',
      'Notes from {}, part two',
      'Here is the timetable for {}',
      'Third time at {} this month',
      'Looking for a second-hand guide to {}',
      'The {} meeting has moved to room twelve',
      'Does anybody have the map for {}?',
      'On my way to {}',
      'Forty people at {} this evening',
      'Writing a short piece about {}',
      'My shelf now has four books on {}',
      '{}: before and after',
    ],
  },
  closers: [
    '',
    '',
    '',
    'More tomorrow.',
    'Photos later.',
    'Second year in a row.',
    'Part 1 of 3.',
    'What do you think?',
  ],
};

const SPANISH: Language = {
  lang: 'es',
  stop: '.',
  tags: words(`CaféDeLaMañana DomingoDeCine NocheDeVerano MúsicaEnVivo RutaEnBici CocinaCasera LluviaEnLaCiudad
    FeriaDelLibro TardeDeLectura PartidoDeHoy MercadoLocal FotoDelDía CaminoAlMar VidaDeBarrio CieloNocturno
    TrenNocturno HuertoUrbano SemanaDeExámenes TeatroEnLaCalle PanRecienHecho AjedrezEnElParque MañanaDePlaya
    NieveEnLaSierra RecetaDelDía RadioDeNoche LunesDePoesía OtoñoEnLaCiudad DatosAbiertos CienciaParaTodos
    TallerDeBarro CumbreDelCerro JuegosDeMesa CineClub PlazaMayor`),
  phrases: {
    positive: [
      '¡Qué alegría lo de {} hoy!',
      'Me encanta {}, una maravilla',
      'Gran tarde de {} con amigos',
      'Feliz con {}, gracias a todos',
      'Lo mejor de la semana: {}',
    ],
    negative: [
      'Qué decepción {} esta vez',
      'Odio las colas de {}',
      'Otra vez falla {}, qué desastre',
      'Muy triste por lo de {}',
      'Lo peor de hoy: {}',
    ],
    neutral: [
      'De camino a {}',
      '¿Alguien va a {} el jueves?',
      'Leyendo sobre {} en el tren',
      '{} empieza a las siete',
      'Apuntes de {}, segunda parte',
    ],
  },
  closers: ['', '', 'Mañana más.', 'Luego subo fotos.', '¿Qué opináis?'],
};

const PORTUGUESE: Language = {
  lang: 'pt',
  stop: '.',
  tags: words(`CaféDaManhã DomingoNoParque PraiaDeManhã MúsicaAoVivo CozinhaDeCasa FeiraDoLivro JogoDeHoje PôrDoSol
    VidaNoBairro TremDasSete HortaUrbana FotoDoDia NoiteDeSamba CaminhoDoMar SemanaDeProvas LeituraDaNoite
    PãoDeQueijo ChuvaNaCidade CéuEstrelado BicicletaNaRua DadosAbertos CiênciaAberta TeatroDeRua JogosDeTabuleiro
    SegundaDePoesia ReceitaDaAvó FériasDeVerão CineClubeLocal OutonoNaSerra TrilhaDoMorro`),
  phrases: {
    positive: [
      'Que alegria {} hoje!',
      'Amo {}, uma maravilha',
      'Ótima tarde de {} com amigos',
      'Feliz com {}, obrigado a todos',
      'O melhor da semana: {}',
    ],
    negative: [
      'Que decepção {} desta vez',
      'Odeio a fila de {}',
      '{} falhou de novo, que desastre',
      'Muito triste com {}',
      'O pior de hoje: {}',
    ],
    neutral: [
      'A caminho de {}',
      'Alguém vai a {} na quinta?',
      'Lendo sobre {} no trem',
      '{} começa às sete',
      'Notas de {}, segunda parte',
    ],
  },
  closers: ['', '', 'Amanhã tem mais.', 'Fotos mais tarde.', 'O que acham?'],
};

const JAPANESE: Language = {
  lang: 'ja',
  stop: '。',
  tags: words(`朝活 今日の空 カフェ巡り 読書の秋 家庭菜園 手作り弁当 電車旅 夜ごはん 写真好き 山歩き 猫のいる暮らし 雨の日 花火大会 ラーメン部
    音楽フェス 推し活 開発メモ データ分析 星空観察 自転車通勤 紅葉だより 初雪 編み物 陶芸教室 ボードゲーム会 週末キャンプ 古地図 文房具 パン作り
    将棋の日 銭湯めぐり 商店街 映画の日 卒業制作 図書館だより`),
  phrases: {
    positive: [
      '今日は {} で最高の一日',
      '{} が大好き、ありがとう',
      '友達と {} 、とても楽しかった',
      '{} のおかげで元気が出た',
      '{} 、すばらしい時間でした',
    ],
    negative: [
      '{} 、今回は本当にがっかり',
      '{} でまた失敗、つらい',
      '{} の行列が長すぎて疲れた',
      '{} が中止で悲しい',
      '今日の {} は最悪だった',
    ],
    neutral: [
      'これから {} に行きます',
      '{} は七時からです',
      '電車で {} の記事を読んでいる',
      '{} のメモ、その二',
      '木曜日の {} 、誰か行きますか',
    ],
  },
  closers: ['', '', '続きは明日。', '写真はあとで。', 'どう思いますか。'],
};

const CHINESE: Language = {
  lang: 'zh',
  stop: '。',
  tags: words(`早安咖啡 周末徒步 夜空 城市骑行 家常菜 街头小吃 读书会 下雨天 火车旅行 现场音乐 电影节 数据分析 开源项目 摄影日记 阳台花园 博物馆
    马拉松 中秋月圆 元宵灯会 围棋 羽毛球 乒乓球 手工陶艺 面包烘焙 火锅之夜 早市 老地图 流星雨 毕业季 考试周 远程办公 春运 二手书店 民谣 茶馆`),
  phrases: {
    positive: [
      '今天的 {} 太棒了',
      '真喜欢 {} ，谢谢大家',
      '和朋友一起 {} ，非常开心',
      '{} 让我一整天都有好心情',
      '本周最好的事： {}',
    ],
    negative: [
      '这次的 {} 太让人失望',
      '{} 又出问题了，真糟糕',
      '为 {} 排队两小时，好累',
      '{} 取消了，很难过',
      '今天最差的体验： {}',
    ],
    neutral: ['正在去 {} 的路上', '{} 七点开始', '在火车上读关于 {} 的文章', '{} 笔记，第二部分', '周四有人去 {} 吗？'],
  },
  closers: ['', '', '明天继续。', '照片稍后发。', '大家怎么看？'],
};

const ARABIC: Language = {
  lang: 'ar',
  stop: '.',
  tags: words(`قهوة_الصباح كتاب_اليوم سماء_الليل طبخ_البيت سوق_المدينة رحلة_القطار موسيقى_حية يوم_ممطر معرض_الكتاب مباراة_اليوم
    صورة_اليوم حديقة_البيت شاطئ_البحر ليلة_صيفية خبز_طازج أسبوع_الامتحانات علم_البيانات مصدر_مفتوح متحف_المدينة نادي_القراءة
    شعر_المساء جبال_الثلج دراجتي سينما_الليلة شاي_بالنعناع`),
  phrases: {
    positive: ['يوم رائع مع {} شكرا لكم', 'أحب {} كثيرا', 'سعيد جدا بعد {}', 'أجمل ما في الأسبوع {}'],
    negative: ['خيبة أمل كبيرة في {}', 'للأسف فشل {} مرة أخرى', 'حزين بسبب إلغاء {}', 'أسوأ ما حدث اليوم {}'],
    neutral: ['في الطريق إلى {}', 'يبدأ {} في السابعة', 'أقرأ عن {} في القطار', 'هل يذهب أحد إلى {} يوم الخميس؟'],
  },
  closers: ['', '', 'البقية غدا.', 'الصور لاحقا.'],
};

const HINDI: Language = {
  lang: 'hi',
  stop: '।',
  tags: words(`सुबहकीचाय किताबमेला बारिशकादिन रेलयात्रा घरकाखाना रातकाआसमान शहरकीसैर आजकामैच लोकसंगीत पहाड़ीरास्ते छतपरबाग
    परीक्षासप्ताह खुलाडेटा फिल्ममहोत्सव साइकिलयात्रा मिट्टीकेबर्तन कविताकीशाम सर्दीकीधूप बाज़ारकीरौनक शतरंज पतंगबाज़ी झीलकिनारे
    पुस्तकालय नईरेसिपी त्योहारकीतैयारी`),
  phrases: {
    positive: ['आज {} में बहुत मज़ा आया', 'मुझे {} बहुत पसंद है', '{} के लिए सबका धन्यवाद', 'इस हफ्ते की सबसे अच्छी बात {}'],
    negative: ['{} ने इस बार निराश किया', '{} फिर से खराब हो गया', '{} रद्द होने से दुख हुआ', 'आज की सबसे बुरी बात {}'],
    neutral: ['अभी {} की ओर जा रहे हैं', '{} सात बजे शुरू होगा', 'रेल में {} के बारे में पढ़ रहा हूँ', 'गुरुवार को {} में कौन आ रहा है?'],
  },
  closers: ['', '', 'बाकी कल।', 'तस्वीरें बाद में।'],
};

const RUSSIAN: Language = {
  lang: 'ru',
  stop: '.',
  tags: words(`УтреннийКофе ВыходныеВЛесу НочноеНебо ДомашняяКухня КнижныйКлуб ДождливыйДень ПоездНаСевер ЖиваяМузыка
    МатчДня ГородскойВелосипед ФотоДня ДачныйСезон ПервыйСнег ОткрытыеДанные НеделяЭкзаменов ШахматыВПарке
    НастольныеИгры ЧайСЛимоном КиноВечер СтараяКарта ГрибнойСезон ЛыжнаяТрасса МузейГорода ПоэзияПоПонедельникам СвежийХлеб`),
  phrases: {
    positive: [
      'Какой прекрасный день: {}',
      'Обожаю {}, спасибо всем',
      'Отличный вечер с друзьями, {}',
      'Лучшее за неделю: {}',
    ],
    negative: [
      '{} в этот раз разочаровал',
      'Снова сбой, {} не работает',
      'Очень жаль, что {} отменили',
      'Худшее за сегодня: {}',
    ],
    neutral: ['По дороге на {}', '{} начинается в семь', 'Читаю в поезде про {}', 'Кто-нибудь идёт на {} в четверг?'],
  },
  closers: ['', '', 'Продолжение завтра.', 'Фото позже.'],
};

/** The languages, and how they take turns in the ranking of hashtags: English every other rank. */
export const LANGUAGES: readonly Language[] = [ENGLISH, SPANISH, JAPANESE, PORTUGUESE, CHINESE, ARABIC, HINDI, RUSSIAN];

/** Emoji that go with a mood. */
export const EMOJI: Readonly<Record<Mood, Phrases>> = {
  positive: ['😀', '🎉', '❤️', '🌞', '👏', '✨', '🙌'],
  negative: ['😞', '😡', '💔', '🌧️', '👎', '😩'],
  neutral: ['📷', '🚆', '📚', '☕', '🗺️', '🕖'],
};

/** Authors are animals and places with a trait: no names that people have. */
export const TRAITS: Phrases = [
  'Sunny',
  'Quiet',
  'Brisk',
  'Amber',
  'Northern',
  'Silver',
  'Curious',
  'Gentle',
  'Hidden',
  'Lucky',
  'Mellow',
  'Nimble',
  'Paper',
  'Rapid',
  'Rustic',
  'Salty',
  'Velvet',
  'Wandering',
  'Winter',
  'Zesty',
];
export const CREATURES: Phrases = [
  'Otter',
  'Harbor',
  'Heron',
  'Lantern',
  'Maple',
  'Badger',
  'Comet',
  'Dune',
  'Falcon',
  'Fern',
  'Gecko',
  'Kettle',
  'Lynx',
  'Meadow',
  'Osprey',
  'Pebble',
  'Puffin',
  'Raven',
  'Teapot',
  'Walrus',
];
