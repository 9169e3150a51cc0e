"""The words that song and album titles are made of, by language or style. Data only; `names.py` makes the titles."""

from spotify_assets.spotify.sample.patterns import Pattern, pattern

_ADJECTIVES = (
    "Borrowed, Paper, Static, Hollow, Velvet, Restless, Crooked, Faded, Secondhand, Neon, Slow, Tender, Quiet, "
    "Reckless, Silver, Honest, Electric, Lonely, Polaroid, Plastic, Midnight, Careless, Northern, Gentle, Bitter, "
    "Sleepless, Cinnamon, Winter, Counterfeit, Weekend, Marigold, Stubborn, Unsent, Analog, Lucky, Barefoot, Heavy, "
    "Suburban, Sideways, Pretty"
)
_NOUNS = (
    "Satellites, Confetti, Gravity, Postcards, Halo, Fever, Weather, Promises, Kerosene, Lullaby, Mirrors, Summers, "
    "Telephone, Landslide, Shadows, Bruises, Oxygen, Goodbyes, Daydream, Wildflowers, Souvenirs, Cigarettes, "
    "Hurricane, Apologies, Cathedral, Armour, Honeymoon, Vertigo, Chandelier, Magnolia"
)

TITLE_PATTERNS: dict[str, tuple[Pattern, ...]] = {
    "english": (
        pattern("{} {}", _ADJECTIVES, _NOUNS),
        pattern(
            "{} {}",
            "Call, Miss, Hate, Blame, Leave, Forget, Text, Find, Hold, Undo, Haunt, Pick, Save, Trust, Lose, Chase, "
            "Warn, Keep, Want, Tell",
            "Me Sober, Me in November, Me Anyway, You Out Loud, Us Backwards, Me Gently, You First, Me on Sunday, "
            "It All for Now, You in Colour, Me Twice, Me If You Can Help It, Us in the Morning",
        ),
        pattern(
            "{} in {}",
            "Glitter, Teeth, Perfume, Champagne, Sirens, Thunder, Angels, Flowers, Ghosts, Sugar, Wolves, "
            "Lightning, Diamonds, Rain",
            "the Hallway, My Rearview, Reverse, the Passenger Seat, Your Sweater, Slow Motion, Los Feliz, "
            "the Deep End, Stereo, the Attic, the Cold, Berlin, July, My Blood",
        ),
        pattern(
            "{} {}",
            "Dancing With, Running From, Dreaming of, Lying to, Driving Past, Waiting on, Praying for, Losing, "
            "Chasing, Keeping, Kissing, Forgetting, Sleeping Through, Singing to, Somewhere After",
            "Strangers, Your Mother, the Moonlight, the Wrong One, My Old House, Somebody Else, the Weekend, "
            "Your Name, Los Angeles, No One, the Storm, Daylight, the Ceiling, a Photograph, Ghosts, Summer",
        ),
        pattern(
            "{} {}",
            "Little, Good, Bad, Last, First, Another, Same Old, Perfect, Pretty Good, Part-Time",
            "Liar, Disaster, Romance, Heartbreak, Summer, Mistake, Goodbye, Saint, Miracle, Habit, Valentine, "
            "Secret, Angel",
        ),
        pattern(
            "{}",
            "cardigan weather, Marmalade, Supernova Boy, Tangerine Skies, Vanilla Lies, Collarbones, Sugarcoat, "
            "Amnesia Hotel, Blue Hour, Ballet Shoes, Cul-de-Sac, Paper Cuts, Gasoline Tears, Zero Gravity Girl, "
            "Talk Slow, Nosebleed Seats, Matching Scars, Feral, Boomerang Boy, Overthinker, Freefall Season, "
            "Lipstick Logic, Exit Signs, Aspartame, Sunburnt, Voicemail 9, half past you, Ceilings & Floors, "
            "Ultraviolet Heart, Rent Free Forever, Homesick Club, Silhouettes 2, Bad Timing (Good Kiss), WAIT., "
            "Parking Lot Philosophy, Moth to a Porch Light, Hypothetical, Easy Mode",
        ),
        pattern(
            "{} {}",
            "If I, When We, Before You, Until They, Maybe I, Because We, What If You, Now That I",
            "Feel Like Weather, Get Home, Disappear, Called It Love, Stay Kind, Ran the Lights, Learn to Swim, "
            "Come Undone, Turn Thirty, Wake the Neighbours, Knew Better",
        ),
    ),
    "country": (
        pattern(
            "{} {}",
            "Gravel Road, Tailgate, Porch Swing, County Line, Whiskey, Sunday Best, Dirt Lot, "
            "Back Forty, Truck Bed, Creek, Barstool, Two-Lane, Honky-Tonk, Hometown",
            "Kind of Love, Therapy, Prayers, Confessions, State of Mind, Goodbye, Romeo, Summer, Religion, Heartache, "
            "Regret, Saturday, Angel, Education",
        ),
        pattern(
            "{} {}",
            "She Left the, Daddy Missed the, I Still Miss the, You Can Keep the, Mama Loved the, Ain't Missing the, "
            "He Took the, Lord Knows I Loved the, I Gave Back the, There Goes the",
            "Radio, Silverado, Long Way Home, Good Boots, Front Porch Light, Rain in Tulsa, Dog, Last Call, "
            "Blue Jean Girl, Farm, Neon Moonlight, Preacher's Son",
        ),
    ),
    "rap": (
        pattern(
            "{} {}",
            "Bando, Marble, Icebox, No Cap, Dashboard, Overtime, Section 8, Matte Black, Penthouse, Zip Code, "
            "Federal, Motion, Corner Store, Chrome, Day One, Backseat, Rooftop, Payday, Velour, Airport",
            "Freestyle, Talk, Diaries, Baby, Sermon, Season, Flow, Numbers, Pressure, Interlude, Business, Anthem, "
            "Tactics, Ghosts, Lullaby, Politics, Etiquette, Weather",
        ),
        pattern(
            "{}",
            "RUNNIN' LAPS, Tell Em I Said It, Cold Plate, Bezel, 4 My Granny, Wrist Watchin', GATE CODE, "
            "Pray for the Opps, Plug Won't Answer, Ten Toes Flat, Foreign Exchange, Stick Talk Pt. 2, "
            "Left the Stove On, Hunnid Reasons, Late for Court, Mileage, No Hook, Wassup Wit It, "
            "Trenches to Tuscany, Nun of Dat",
        ),
        pattern(
            "{} {}",
            "Money, Loyalty, Smoke, Karma, Respect, Pain, Ambition, Trust, Time, Fame, Family, Hunger",
            "Don't Sleep, Ain't Free, on My Mind, Over Everything, in the Walls, Issues, Been Calling, "
            "Know My Name, Music, Look Different, Got a Price, Came Early",
        ),
    ),
    "portuguese": (
        pattern(
            "{} de {}",
            "Saudade, Noite, Beijo, Copo, Sorriso, Promessa, Conversa, Cheiro, Lágrima, Recado, Vontade, Medo, "
            "Resto, Pedaço, Foto, Recaída, Ressaca, Ciúme, Perfume, Segredo",
            "Domingo, Verão, Despedida, Boteco, Madrugada, Você, Ontem, Estrada, Nós Dois, Janeiro, Amor Antigo, "
            "Saída, Chuva, Rodeio, Quarto, Interior, Sexta-Feira",
        ),
        pattern(
            "{} {}",
            "Me Liga, Volta Logo, Deixa Doer, Bebi Demais, Esquece, Bloqueia, Fica Comigo, Te Superei, Larga Tudo, "
            "Para e Pensa, Some Daqui, Me Perdoa, Vem Me Ver, Não Me Procura, Beija Logo, Cuida de Mim",
            "Amanhã, de Vez, no Sigilo, Outra Vez, na Pista, Sem Pressa, Meu Bem, no Rolê, por Favor, e Some, "
            "Só Hoje, na Chuva",
        ),
        pattern(
            "{} {}",
            "Hoje, Ontem, Domingo, Sexta-Feira, De Madrugada, Depois do Bar, Bêbado, Sozinha, Qualquer Dia, "
            "Em Outra Vida",
            "Eu Te Ligo, A Gente Volta, Você Chora, Vou Beber, Ninguém Dorme, Ela Voltou, Eu Não Presto, "
            "Deu Saudade, Passo Aí, A Conta Chega, Tem Show, Te Esqueci, Foi Engano, Eu Avisei",
        ),
        pattern(
            "{} {}",
            "Coração, Celular, Quarto, Copo, Peito, Boteco, Carro, Travesseiro, Chapéu, Olhar, Silêncio, Violão",
            "Vazio, Bandido, Trancado, Molhado, Partido, Sem Dono, do Avesso, Reserva, Emprestado, de Aço, Antigo, "
            "Vagabundo",
        ),
        pattern(
            "{}",
            "Ex do Meu Ex, Coração Sem Sinal, Aliança na Gaveta, Mensagem Apagada, Culpa do Modão, Apartamento 302, "
            "Última Dose, Quarta-Feira de Cinzas e Sal, Cadê Meu Chapéu, Áudio de Três Minutos, Saudade Parcelada, "
            "Terapia É Bar, Ferrugem e Flor, Casa Amarela, Telefone Fixo, Peão de Apartamento",
        ),
    ),
    "funk": (
        pattern(
            "{} {}",
            "Montagem, Senta, Automotivo, Mega, Set, Medley, Ritmada, Beat, Sequência, Rajadão, Treme, Toma, "
            "Rebola, Hino, Clima, Brota",
            "do Paredão, na Favela, da Madrugada, Galáctico, Envolvente, do Baile, Sem Massagem, 150 BPM, "
            "da Zona Oeste, na Moral, Fluxo 3.0, dos Crias, do Terror, de Verão, da Mansão, Brabo, do Asfalto, "
            "na Laje, no Talento, do Amanhecer",
        ),
        pattern(
            "{}",
            "Desce Devagarinho, Ela Quer Paz, Joga pro Alto, Tropa do Pijama, Chave de Ouro, Para no Bailão, "
            "Só Cria de Verdade, Vem Sem Roteiro, Tá de Nave, Rajada de Beijo, Malvadão do Bairro, Copão na Mão, "
            "Tudo no Pix, Vida de Artista 2",
        ),
    ),
    "spanish": (
        pattern(
            "{} {}",
            "Noche, Luna, Playa, Calle, Boca, Fiesta, Mirada, Suerte, Cama, Herida, Isla, Carta, Promesa, Tormenta, "
            "Piel, Reina, Madrugada, Avenida, Guitarra, Rosa, Ciudad",
            "Perdida, Ajena, Sin Ti, de Abril, Prohibida, Vacía, de Papel, en Medellín, Mojada, a Medias, de Neón, "
            "Salvaje, en Reversa, del Sur, Imposible, Azul, de Nadie, en Llamas",
        ),
        pattern(
            "{} {}",
            "Ya No, Dime Si, Quizás, Ojalá, Me Dijeron Que, Aunque, Otra Vez, Nadie Sabe Que, Si Tú, Cuando, "
            "Mañana, Por Fin",
            "Vuelves, Te Vas, Me Llamas, Bailamos, Duele, Te Olvido, Llueve, Me Extrañas, Amanece",
        ),
        pattern(
            "{}",
            "Gata de Barrio, Perreo en la Luna, Corrido del Primo, Sangre y Tequila, Bandolera Fina, Puro Norte, "
            "La Troca Nueva, Mezcal con Sal, Azotea y Reguetón, Modo Avión, Visto a las Tres, Cenizas y Diamantes",
        ),
    ),
    "japanese": (
        pattern(
            "{}の{}",
            "夜空, 夏, 春, 君, 雨, 放課後, 初恋, 真夜中, 水色, 硝子, 昨日, 七月, 海辺, 僕ら, 銀河, 秋風, 屋上, 夢, "
            "踏切, 最終列車, 世界, 青, 冬, 台所",
            "約束, 残響, 花束, 手紙, 歌, 体温, 忘れ物, 観覧車, 行方, 温度, 秘密, 続き, 匂い, 合図, 地図, 涙, 呼吸, "
            "余白, 魔法, 椅子",
        ),
        pattern(
            "{}{}",
            "ネオン, サイダー, モノクロ, ミッドナイト, プラスチック, シグナル, メロウ, パラレル, ビター, スロウ, "
            "レイニー, ハイパー, ロンリー, ダイヤル",
            "・ラブ, ガール, シンドローム, ランデブー, メモリー, ブルー, ダンサー, ・ワルツ, フライト, ゲーム, "
            "サンデー, パレード",
        ),
        pattern(
            "{} no {}",
            "Yoru, Kaze, Hoshi, Ame, Niji, Mirai, Sakura, Toki, Umi, Yuki",
            "Hana, Mukou, Kakera, Uta, Melody, Namida, Ato, Tobira",
        ),
        pattern(
            "{}",
            "逆光線, 花曇り, 未完成, 平行線, 泡沫少女, 微炭酸, 怪獣図鑑, 方舟, 不眠症, 万華鏡, 夕凪, 残り香, "
            "朝焼けまで, オレンジ半分",
        ),
    ),
    "dance": (
        pattern(
            "{} {}",
            "Running, Higher, Falling, Dancing, Closer, Burning, Floating, Waiting, Lost, Breathing, Moving, Awake, "
            "Alone, Diving",
            "Tonight, With You, in the Dark, Again, Underwater, Till Sunrise, on Repeat, Together, in Colour, "
            "Through the Night, by the Water, for Miles",
        ),
        pattern(
            "{} {}",
            "Heat, Neon, Body, Pulse, Ocean, Laser, Echo, Sugar, Solar, Chrome, Static, Velvet, Mirror, Gravity",
            "Language, Control, Theory, Machine, Signal, Fever, Motion, Season, Rhythm, Avenue, Dreams, Divide",
        ),
        pattern(
            "{}",
            "Ibiza in the Rain, Sundowner, 4AM Metro, Afterglow Hotel, Tunnel Vision (We Go), Bassline Theory, "
            "Heat Haze, One More Terrace, Solaris, Do It Slower, Kinetic, Friday's Ghost, Phosphor, "
            "Silent Alarm Bells",
        ),
    ),
}

_PORTUGUESE_ALBUMS = pattern(
    "{} {}",
    "Histórias de, Raízes de, Um Pouco de, Diário de, Do Outro Lado de, Ao Vivo em, Longe de, Saudades de",
    "Goiânia, Ribeirão, Salvador, Casa, Campo Grande, Maré Alta, Cuiabá, Minas, Santos, Recife",
)

ALBUM_PATTERNS: dict[str, Pattern] = {
    "english": pattern(
        "{} {}",
        "The Art of, Letters From, A Field Guide to, Notes on, Everything After, Songs for, Somewhere Near, "
        "The Year of, Love &, A Brief History of",
        "Leaving, Small Towns, Bad Decisions, the Last Good Summer, Other People, Falling Upward, Nobody, Sleep, "
        "Almost, the Coast, Wanting",
    ),
    "portuguese": _PORTUGUESE_ALBUMS,
    "funk": _PORTUGUESE_ALBUMS,
    "spanish": pattern(
        "{} {}",
        "Cartas de, Verano en, Hijos de, La Vida Después de, Memorias de",
        "Fuego, Ninguna Parte, San Juan, la Frontera, Nadie, Ayer, Sinaloa, Plata",
    ),
    "japanese": pattern(
        "{}{}",
        "透明, 群青, 未完, 極彩色, 深夜, 真昼, 架空, 半径5メートルの",
        "図鑑, 標本, 交響曲, 日記, 都市, 遊園地, ノート, 航海",
    ),
}
