"""The words that artist names are made of. Data only; `names.py` makes the names.

No two patterns may be able to make the same name: a test tries all their combinations.
"""

from spotify_assets.spotify.sample.patterns import pattern

_US_FIRST = (
    "Delaney, Rowan, Marlo, Tessa, Jonah, Callie, Wes, Imani, Darius, Keely, Beau, Quinn, Sloane, Micah, Noelle, "
    "Tobin, Raya, Emory, Hollis, Dahlia, Jorie, Kellan, Mercer, Odessa, Reece, Sable, Thea, Vaughn, Lark, Anders"
)
_US_LAST = (
    "Ashgrove, Bellweather, Castellane, Dunmore, Everhart, Fairlow, Galloway-Reed, Hollowell, Ivers, Kincade, "
    "Larkspur, Merrin, Northcutt, Oakhurst, Pruett, Quillan, Ransome, Stillwater, Tolliver, Underhill, Vandeveer, "
    "Wakeland, Yarrow, Zellner, Brightwater, Fontenelle, Marchand, Okafor-Lane, Silvano, Tremaine"
)
ARTIST_PATTERNS = {
    "us solo": pattern("{} {}", _US_FIRST, _US_LAST),
    "us nickname": pattern(
        '{} "{}" {}',
        "Marcus, Terrence, Leland, Deshawn, Otis, Clifton, Ray, Julius, Emmett, Roscoe",
        "Static, Cadillac, Two-Step, Velvet, Preacher, Sundown, Nickel, Thunder",
        "Pike, Boudreaux, Halloran, Gaines, Whitlow, Sutter, Langford, Dupree, Mabry, Cole-Watts",
    ),
    "us mononym": pattern(
        "{}{}",
        "Zay, Ky, Ve, Ori, Nai, Tam, Ish, Bri, Dez, Ela, Fay, Kes, Lio, Ovi, Rho, Sae, Tavi, Wyn, Yul, Ari",
        "vyn, lune, xa, lle, sha, ndra, rae, zia, kora, mere, von, quo, belle, dine, soul",
    ),
    "us rap": pattern(
        "{} {}",
        "Kid, Big, Yung, Baby, Slim, Deacon, Prince, Tha, Saint, Lil",
        "Marrow, Cobalt, Tundra, Velour, Quartz, Dynamo, Ledger, Mosaic, Nickels, Onyxx, Paragon, Rockett, Tempo, "
        "Umber, Vandal, Wicker, Ziggurat, Bankroll Jr., Carbon, Domino Jay, Echo, Fathom, Gravel, Harlem Ray, "
        "Ironside, Juno, Kestrel, Lowtide, Monsoon, Nimbus, Overpass, Pharaoh Dee, Quarter, Ransom Note, Sixpence, "
        "Trophy, Undercut, Valor, Winterz, Zephyr",
    ),
    "us country": pattern(
        "{} {}",
        "Wade, Colt, Rylan, Hattie, Clay, Josie, Tucker, Lacey Jo, Brody, Annabeth, Dallas, Waylon Lee, Shelby, "
        "Cord, Maisie, Trace, Georgia Mae, Holt, Willa, Briggs",
        "Harlan, Tull, McCready, Dawes, Ketchum, Rawlins, Pickett, Boone-Carter, Tipton, Lawhorn, Granger, Sayles, "
        "Cutler, Maddox, Rusk, Teague, Weatherly, Stockard, Hadley, Calhoun",
    ),
    "us band": pattern(
        "The {} {}",
        "Cedar, Distant, Paper, Midwest, Velvet, Quiet, Copper, Backyard, Hollow, Sunday, Tandem, Lonesome",
        "Parade, Arcade, Motel, Choir, Understudies, Satellites, Lanterns, Postmen, Orchard, Weathermen, Nephews, "
        "Ferries",
    ),
    "gb solo": pattern(
        "{} {}",
        "Alfie, Poppy, Callum, Isla, Freddie, Maeve, Rhys, Saoirse, Dex, Florence-May, Idris, Nell, Ottilie, Priya, "
        "Theo, Zara, Ewan, Bronte, Jude, Amara",
        "Hartnell, Wexley, Thornbury, Abara, Penhale, Cromarty, Oyelowo-Finch, Marlow, Stanfield, Tregarth, "
        "Winslade, Kapoor-Hughes, Lockhurst, Pemberly, Ravenscroft, Sharrow, Aldous, Bexley, Fenn, Goodacre",
    ),
    "gb band": pattern(
        "{} {}",
        "Harrow, Tottenham, Salford, Whitby, Brixham, Ancoats, Leith, Deptford, Margate, Cardiff, Grimsby, Hebden, "
        "Truro, Paisley",
        "Lanterns, Social Club, Swimmers, Telegraph, Pigeons, Fireworks, Youth Orchestra, Rain, Allotment, Sirens, "
        "Mechanics, Library, Cabs, Weekend",
    ),
    "gb rap": pattern(
        "{} {}",
        "Kway, Drez, Tizzo, Marlz, Brakka, Jumoke, Skeptic Joe, Lanx, Remz, Yardie Finn, Flexo, Tollz, Ghosty B, "
        "Dappz, Obi Chase, Smallz K, Vex, Kojo Ray, Benzi, Rasco",
        "E17, SE15, M14, LS6, N22, B29, of Peckham, Deluxe, OT, ZN, Minor, Da 1st",
    ),
    "gb soul": pattern(
        "{} {}",
        "Abeni, Cleo, Ruby-Rose, Jermaine, Naomi, Olu, Simone, Kwame, Lorraine, Desmond, Ife, Marcia",
        "Adebayo-Smith, Braithwaite, Chambers-Cole, Delaroche, Ekwueme, Fontaine-Hall, Grantham, Haywood, Joyner, "
        "Okoro",
    ),
    "gb dance": pattern(
        "{} & {}",
        "Fable, Hush, Otter, Marble, Dusk, Pilot, Saffron, Tide, Velcro, Quill, Harbour, Linen, Moss, Copper",
        "Fern, Hound, Lowe, Meridian, Kestrel, Sparrow, Kind, Reverb, Tonic, Wolfe, Bloom, Vale, Strobe, Oak",
    ),
    # A comma inside a name: what joined lists of artists and CSV exports must cope with.
    "gb comma": pattern(
        "{}, {} & {}",
        "Ash, Birch, Salt, Ink, Brass",
        "Ember, Honey, Thread, Cinder, Moth",
        "Co., Daughters, Sons of Hull, the Tide, Friends",
    ),
    "br dupla": pattern(
        "{} & {}",
        "Caio, Davi Luiz, Edson, Fabrício, Gilmar, Heitor, Ítalo, Josué, Leandro Reis, Murilo, Nando, Otávio, "
        "Pedro Lucas, Rangel, Tarcísio, Ulisses, Wagner, Zeca Prado, Anselmo, Cleiton",
        "Renan, Adriel, Benício, Cristal, Danilo, Evandro, Felipe Goiano, Guto, Jonatas, Lauro, Maurílio Jr., "
        "Natan, Rodolfo, Thales, Vinícius do Prado, Samuel, Ramiro, Otoniel, Kelvin, Darlan",
    ),
    "br sertanejo solo": pattern(
        "{} {}",
        "Laís, Mariela, Yasmin, Tainá, Bruna, Rafael, Simara, Wesley, Kamila, Léo, Manuela, Gustavo",
        "Goiás, do Cerrado, Boiadeiro, Fontana, Vilela, Moreno, Araguaia, Prates, Sampaio Neto, da Viola",
    ),
    "br mc": pattern(
        "{} {} {}",
        "MC, DJ",
        "Pixote, Tubarão, Bala, Cascudo, Neguim, Faísca, Lekão, Pardal, Malvina, Trovão, Bielzin, Kaká, Dengosa, "
        "Juninho, Gibi, Perninha, Zoião, Marola, Pretinha, Russo, Sheik, Veloz, Zica, Guri",
        "da Norte, ZS, da VK, BH, do Morro, da Leste, do Sul, 011",
    ),
    "br grupo": pattern(
        "{} {} {}",
        "Grupo, Turma do, Samba",
        "Quintal, Chinelo, Beco, Laço, Tamborim, Cavaco, Recado, Coreto, Sereno, Varal",
        "Novo, Dourado, de Ouro, Sem Hora, da Vila, Azul, na Areia, Doce",
    ),
    "br solo": pattern(
        "{} {}",
        "Aurora, Benedita, Cícero, Dora, Elis Maria, Francisco, Iara, João Vento, Lia, Mateus, Nina, Olívia, Tomé, "
        "Ubirajara",
        "Mangueira, Sertã, Guimarães-Rosa, do Mar, Caymã, Pitanga, Ventura, Jacarandá, Lins Prado, Maré",
    ),
    "br trap": pattern(
        "{} {}",
        "Jovem, Rei, Nego, Kalel, Dudu, Tchelo, Vulgo, Zaka, Lord, Guina, Flávio, Noturno",
        "Orfeu, Sigma, Cobra, Nômade, Fumaça, Diamante, Atlas, Cinza, Lobo, Neon, Marfim, 7, Vortex, Trovador",
    ),
    "jp solo": pattern(
        "{}{}",
        "白鳥, 朝倉, 氷室, 水無月, 早乙女, 星宮, 神代, 真白, 雨宮, 音羽, 如月, 花村, 鳴海, 綾瀬川, 柊木, 夏目坂, "
        "月島, 桐生院, 若葉, 小鳥遊",
        "ひより, 透, 凛太朗, 澪, 奏多, つむぎ, 千尋, 律, 小春, 蒼司, 楓花, 灯, あかね, 湊, 詩織, 颯太, 琥珀, 雪乃",
    ),
    "jp romaji": pattern(
        "{} {}",
        "Hoshino, Kurosawa, Amamiya, Shirogane, Minazuki, Tachibana, Kagura, Yukimura, Asagiri, Natsume, Fujisaki, "
        "Hanamori, Kuzuha, Sakuraba, Tsukishiro, Mizuhara",
        "Rikuto, Sena, Mahiro, Toka, Iroha, Yuzuki, Kanata, Nagi, Setsuna, Towa, Haruhi, Kohaku, Mio, Ren, Subaru",
    ),
    "jp band": pattern(
        "{}{}",
        "夜明けの, 放課後, 深海, 透明な, 東京, 真夏の, 月曜日の, 微熱, 六畳一間の, さよなら, 屋上, 迷子の, "
        "午前二時の, 空飛ぶ",
        "サーカス, クジラ, ロケット, ステレオ, 金魚, プラネタリウム, 交差点, ラジオ, カメレオン, 観覧車, ペンギン, "
        "少年団, 喫茶店, 天文台",
    ),
    "jp unit": pattern(
        "{} {} {}",
        "Paper, Neon, Lemon, Pixel, Crystal, Odd, Hello, Shibuya",
        "Kitsune, Parade, Umbrella, Orbit, Ghost, Candy, Tiger, Melody",
        "TOKYO, 8, Club, Syndrome",
    ),
    "la solo": pattern(
        "{} {}",
        "Camila, Renato, Ximena, Joaquín, Lucero, Matías, Paloma, Thiago, Valeria, Emiliano, Catalina, Rocío, "
        "Andrés, Marisol, Iván, Jimena, Dario, Noelia, Facundo, Itzel, Rubén Darío, Micaela, Gael, Abril, Leonel, "
        "Yuridia",
        "Del Río, Montenegro, Salvatierra, Luján, Arismendi, Quiroga, Balmaceda, Echeverri, Zambrano, Olmedo, "
        "Ibarra, Carrizo, Villaseñor, Robledo, Anzaldúa, Belmonte, Cifuentes, Figueroa-Paz, Galarza, Navarrete, "
        "Ocampo, Peralta, Urquiza, Tovar",
    ),
    "la urbano": pattern(
        "{} {}",
        "El, La, Papi, Nena, Jey, Rauly, Don",
        "Tiburón, Maldad, Cometa, Relámpago, Colmillo, Fantasía, Santero, Misil, Bandida, Candela, Del Bloque, "
        "Fuego RD, Quintana, Penumbra, Veneno, Diluvio, Trece, Malecón, Pólvora, Zafiro",
    ),
    "la regional": pattern(
        "{} {}",
        "Los Cardones, Grupo Mezquite, Banda Tierra Blanca, Los Zopilotes, Conjunto Amanecer, Cuarteto Herradura, "
        "Los Tres Pozos",
        "de Sonora, de Culiacán, del Norte, de la Sierra, de Zacatecas, de Nuevo León, del Desierto, de Jalisco, "
        "de Durango, del Valle",
    ),
    "eu dj": pattern(
        "{}{}",
        "Nor, Vel, Kal, Ryk, Sø, Tir, Lau, Jen, Mik, Hal, Ost, Bru, Fen, Zid, Gra, Vik",
        "dvik, mont, stra, lind, vane, holt, ska, mar, tov, dahl, rø, veen, quist, borg",
    ),
    "eu solo": pattern(
        "{} {}",
        "Astrid, Linus, Freja, Mathis, Élodie, Anouk, Luca, Saskia, Emil, Ingrid, Noé, Zuzana, Matteo, Liv, "
        "Bastian, Sanna",
        "Lindqvist, Dahlmann, Rosseau, Vandersteen, Kowalczyk, Hovland, Bellandi, Eriksdotter, Novotná, Lemaire, "
        "Aaltonen, Brenner, Castagno, Ruud",
    ),
    "eu duo": pattern(
        "{} / {}",
        "Glass, Copenhagen, Marée, Zeit, Polar, Kino, Alba, Modul, Fjord, Tram",
        "Sommer, Riviera, Ghost, Klub, Théâtre, Nacht, Signal, Avenue, Ost, Bloom",
    ),
    # Characters outside the basic plane, and names written from right to left.
    "eu emoji": pattern(
        "{} {}",
        "Luna Vesper, Mika Sol, Nova Lys, Coco Brandt, Iris Wolf, Sky Amsel, Juno Falk, Bibi Rosen",
        "🌙, 🦋, ⚡, 🍒, 👩‍🚀, 🖤, 🌊, 🫧",
    ),
    "eu rtl": pattern(
        "{} {}",
        "ليلى, نور, سامر, ياسمين, رامي, دانة, طارق, هالة, مها, زياد",
        "العنبر, الكروان, البحري, الياقوت, الزمردي, السهر, النسيم, الفجر",
    ),
}
