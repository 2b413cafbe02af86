# SPDX-License-Identifier: GPL-3.0-or-later
"""German for the import options, the offline provider, and the labels that settings of several services share."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "3D Cursor": "3D-Cursor",
    "A dark drawn outline would cover the whole side of the model. Auto finds it, in round modes only": (
        "Ein dunkel gezeichneter Umriss würde die ganze Seite des Modells bedecken. "
        "Automatisch findet ihn, nur in runden Modi"
    ),
    "Add a Decimate modifier, which keeps the texture": "Einen Decimate-Modifikator hinzufügen, der die Textur behält",
    "Add a Remesh modifier. It drops the texture coordinates, so the texture is not shown while it is on; "
    "offline results keep theirs, by a modifier behind it": (
        "Einen Remesh-Modifikator hinzufügen. Er verwirft die Texturkoordinaten, die Textur fehlt also, solange er "
        "an ist; Offline-Ergebnisse behalten ihre, durch einen Modifikator dahinter"
    ),
    "Angle": "Winkel",
    "Apply Decimate and Remesh before the object comes into the scene; off: they stay adjustable": (
        "Decimate und Remesh anwenden, bevor das Objekt in die Szene kommt; aus: sie bleiben einstellbar"
    ),
    "Apply Modifiers": "Modifikatoren anwenden",
    "As Delivered": "Wie geliefert",
    "As Generated": "Wie erzeugt",
    "As in the Picture": "Wie im Bild",
    "As the Original": "Wie das Original",
    "Author": "Autor",
    "Author of the asset": "Autor des Assets",
    "Auto": "Automatisch",
    "Auto (in Reliefs)": "Automatisch (in Reliefs)",
    "Back": "Rückseite",
    "Background": "Hintergrund",
    "Baked Size": "Gebackene Größe",
    "Beside It": "Daneben",
    "Bevel": "Abschrägung",
    "Blocks": "Blöcke",
    "Box": "Rahmen",
    "Brightness": "Helligkeit",
    "By the name of the object": "Nach dem Namen des Objekts",
    "By the provider": "Nach dem Anbieter",
    "Cells of the Remesh modifier along the longest side": (
        "Zellen des Remesh-Modifikators entlang der längsten Seite"
    ),
    "Cut enclosed background; all suits letters and logos, none suits white eyes on a white page. Auto judges by "
    "size, and takes all when extruding": (
        "Eingeschlossenen Hintergrund ausschneiden; alle passt zu Buchstaben und Logos, keine zu weißen Augen auf "
        "weißem Grund. Automatisch urteilt nach der Größe und nimmt beim Extrudieren alle"
    ),
    "Cut the lowest part off flat, so that the object stands": (
        "Den untersten Teil flach abschneiden, damit das Objekt steht"
    ),
    "Decimate": "Dezimieren",
    "Depth": "Tiefe",
    "Description": "Beschreibung",
    "Description of the asset; empty names picture and service": (
        "Beschreibung des Assets; leer nennt sie Bild und Dienst"
    ),
    "Detail": "Detail",
    "Detail Source": "Quelle der Details",
    "Edges are sharp where their faces meet at more than this angle (degrees)": (
        "Kanten sind scharf, wo ihre Flächen in mehr als diesem Winkel aufeinandertreffen (Grad)"
    ),
    "Extrude": "Extrudieren",
    "Faces": "Flächen",
    "Facing": "Ausrichtung",
    "Flat": "Flach",
    "Flat Base": "Flacher Fuß",
    "Format of the delivered file": "Format der gelieferten Datei",
    "Full Size": "Volle Größe",
    "Geometry has no texture": "Reine Geometrie hat keine Textur",
    "Height of these details; 1 makes the strongest 3 % of the size": (
        "Höhe dieser Details; bei 1 sind die stärksten 3 % der Größe hoch"
    ),
    "Holes": "Löcher",
    "How far the front bulges; inflated, 1 makes a disc a ball, 0.3 suits leaves": (
        "Wie weit sich die Vorderseite wölbt; aufgeblasen wird bei 1 aus einer Scheibe ein Ball, 0.3 passt zu Blättern"
    ),
    "In the .blend": "In der .blend-Datei",
    "Inflate": "Aufblasen",
    "Inflate: a round body; relief: a coin or plaque, with what the picture shows raised on it; extrude: straight "
    "walls, for letters, logos and pixel art; revolve: turned on a lathe, for vases, cups and bottles": (
        "Aufblasen: ein runder Körper; Relief: eine Münze oder Plakette, auf der sich erhebt, was das Bild zeigt; "
        "Extrudieren: gerade Wände, für Buchstaben, Logos und Pixelkunst; Drehen: gedrechselt, für Vasen, Tassen "
        "und Flaschen"
    ),
    "Keep": "Behalten",
    "Keep Original": "Original behalten",
    "Keep the materials and their textures": "Die Materialien und ihre Texturen behalten",
    "Keep the object as delivered beside its quad remesh, hidden": (
        "Das gelieferte Objekt neben dem aus Vierecken behalten, ausgeblendet"
    ),
    "Length of the longest side; 0 keeps the size as delivered": (
        "Länge der längsten Seite; 0 behält die gelieferte Größe"
    ),
    "Levels of detail: copies reduced to these shares of the faces, such as 0.5, 0.25, 0.1; empty makes none": (
        "Detailstufen: Kopien, auf diese Anteile der Flächen verringert, etwa 0.5, 0.25, 0.1; leer macht keine"
    ),
    "License": "Lizenz",
    "License of the asset, such as CC0": "Lizenz des Assets, etwa CC0",
    "Light Angle": "Lichtwinkel",
    "Location": "Ort",
    "Lock Seed": "Startwert festhalten",
    "Longer side of the picture in the texture (pixels)": "Längere Seite des Bildes in der Textur (Pixel)",
    "LODs": "Detailstufen",
    "Mark As Asset": "Als Asset markieren",
    "Mark the object as an asset, with a preview": "Das Objekt als Asset markieren, mit Vorschau",
    "Mask": "Maske",
    "Mask Picture": "Maskenbild",
    "Material": "Material",
    "Mirror": "Spiegeln",
    "Mode": "Modus",
    "Model": "Modell",
    "No": "Nein",
    "None": "Keine",
    "None (all of It)": "Keiner (das Ganze)",
    "Normals as delivered, or new ones for smooth or flat shading, or smooth but for sharp edges": (
        "Normalen wie geliefert, oder neue für glatte oder flache Schattierung, oder glatt bis auf scharfe Kanten"
    ),
    "Of the plate below a relief, or of an extruded body; 0 takes what is usual: 4 and 14 (% of the size)": (
        "Der Platte unter einem Relief oder eines extrudierten Körpers; 0 nimmt das Übliche: 4 und 14 (% der Größe)"
    ),
    "Offline": "Offline",
    "Offline (no key, on this computer)": "Offline (kein Schlüssel, auf diesem Rechner)",
    "Outline": "Umriss",
    "Outline Width": "Umrissbreite",
    "Pack the textures into the .blend, or write them to a folder beside it once it has been saved": (
        "Die Texturen in die .blend-Datei packen oder, sobald sie gespeichert ist, in einen Ordner daneben schreiben"
    ),
    "Padding": "Rand",
    "Photo-like": "Wie im Foto",
    "Picture of the same shape that is white where the object is, or transparent where it is not": (
        "Bild derselben Form, das weiß ist, wo das Objekt ist, oder durchsichtig, wo es nicht ist"
    ),
    "Plain": "Einfach",
    "Plain Colour": "Einfarbig",
    "Plain: colours of the rim, no face; mirror: the picture again; flat: plain, a quarter as deep; auto: plain for "
    "inflate, else mirror": (
        "Einfach: Farben des Randes, kein Gesicht; Spiegeln: noch einmal das Bild; Flach: einfach, ein Viertel so "
        "tief; Automatisch: einfach beim Aufblasen, sonst Spiegeln"
    ),
    "Quality": "Qualität",
    "Quads": "Vierecke",
    "Quads to make, about": "So viele Vierecke etwa machen",
    "Ratio": "Anteil",
    "Rebuild the mesh as quads with the texture kept": "Das Netz mit seiner Textur aus Vierecken neu aufbauen",
    "Regular": "Gleichmäßig",
    "Relief": "Relief",
    "Remesh": "Neu vernetzen",
    "Remove Background": "Hintergrund entfernen",
    "Remove Dark Line": "Dunkle Linie entfernen",
    "Remove This Width": "Diese Breite entfernen",
    "Repair Normals": "Normalen reparieren",
    "Resolution": "Auflösung",
    "Reuse Identical": "Gleiches wiederverwenden",
    "Revolve": "Drehen",
    "Rounding of the edges, less on thin letters; 0 leaves them sharp (% of the size)": (
        "Rundung der Kanten, weniger an dünnen Buchstaben; 0 lässt sie scharf (% der Größe)"
    ),
    "Seed": "Startwert",
    "Shaded": "Schattierung",
    "Shading": "Schattierung",
    "Shading At Angle": "Schattierung nach Winkel",
    "Share of the faces to keep": "Anteil der Flächen, der bleibt",
    "Share of the Frame": "Anteil am Bildfeld",
    "Share of the frame that the object fills": "Anteil des Bildfelds, den das Objekt füllt",
    "Sharp": "Scharf",
    "Shrink larger textures to this side; the file in the library keeps them, Full Size Textures brings them back": (
        "Größere Texturen auf diese Seite verkleinern; die Datei in der Bibliothek behält sie, "
        "Texturen in voller Größe bringt sie zurück"
    ),
    "Side of the textures that a quad remesh bakes": "Seite der Texturen, die der Neuaufbau aus Vierecken backt",
    "Silhouette and shading reconstruction on this computer: a solid from the outline, painted with the picture. "
    "No AI, no upload; the back is made up.": (
        "Aufbau aus Umriss und Schattierung auf diesem Rechner: ein Körper aus dem Umriss, mit dem Bild bemalt. "
        "Keine KI, kein Hochladen; die Rückseite ist erfunden."
    ),
    "Size": "Größe",
    "Smooth": "Glatt",
    "Smooth By Angle": "Glatt nach Winkel",
    "So much along the outline is painted over with the colours inside (pixels of the picture)": (
        "So viel am Umriss wird mit den Farben von innen übermalt (Pixel des Bildes)"
    ),
    "Standard": "Standard",
    "Steps": "Schritte",
    "Tags": "Schlagworte",
    "Tags of the asset, parted by commas": "Schlagworte des Assets, durch Kommas getrennt",
    "Take another seed at random, and use it for each job from now on": (
        "Einen anderen Startwert auslosen und von nun an für jeden Auftrag verwenden"
    ),
    "Take delivered normals away that are broken: of no length, no numbers, or against their faces": (
        "Gelieferte Normalen wegnehmen, die fehlerhaft sind: ohne Länge, keine Zahlen oder gegen ihre Flächen"
    ),
    "Take the transparency of the picture as the object's outline": (
        "Die Durchsichtigkeit des Bildes als Umriss des Objekts nehmen"
    ),
    "Texture": "Textur",
    "Texture Files": "Texturdateien",
    "Texture Limit": "Texturgrenze",
    "Texture Size": "Texturgröße",
    "The same seed gives the same model again": "Derselbe Startwert ergibt wieder dasselbe Modell",
    "Thickness": "Dicke",
    "Topology": "Topologie",
    "Transparent": "Durchsichtig",
    "Triangle": "Dreieck",
    "Triangles": "Dreiecke",
    "Triangles of the model, roughly; thin parts may need more than a small number": (
        "Dreiecke des Modells, ungefähr; dünne Teile können mehr als eine kleine Zahl brauchen"
    ),
    "Triangles to keep": "So viele Dreiecke bleiben",
    "Use Alpha": "Alpha verwenden",
    "Use images and materials of an earlier import again that are the same in every respect": (
        "Bilder und Materialien eines früheren Imports wiederverwenden, die in allem gleich sind"
    ),
    "Use the same seed for each job; unlocked, each job gets a new one": (
        "Denselben Startwert für jeden Auftrag verwenden; sonst bekommt jeder Auftrag einen neuen"
    ),
    "Vertices": "Eckpunkte",
    "Voxel": "Voxel",
    "What raises details on the front. Brightness (dark is deep) suits drawings, leaves and photos; shading suits one "
    "material under one lamp, such as a coin. Auto chooses between both, and leaves other modes smooth": (
        "Was Details der Vorderseite erhebt. Helligkeit (dunkel ist tief) passt zu Zeichnungen, Blättern und Fotos; "
        "Schattierung zu einem Material unter einer Lampe, etwa einer Münze. Automatisch wählt zwischen beiden und "
        "lässt andere Modi glatt"
    ),
    "What surrounds the object; auto takes transparency, else a plain colour, else it looks for the object as in a "
    "photo, which is a guess: cut it out or give a mask where that fails": (
        "Was das Objekt umgibt; Automatisch nimmt Durchsichtigkeit, sonst eine einzelne Farbe, sonst sucht es das "
        "Objekt wie in einem Foto, was geraten ist: wo das misslingt, freistellen oder eine Maske angeben"
    ),
    "Where the bottom centre of the object is put": "Wohin die Mitte der Unterseite des Objekts kommt",
    "Where the front of the object looks in the scene": "Wohin die Vorderseite des Objekts in der Szene blickt",
    "Where the lamp stands in the picture: 0 on the right, 90 above, 180 on the left (degrees)": (
        "Wo die Lampe im Bild steht: 0 rechts, 90 oben, 180 links (Grad)"
    ),
    "World Origin": "Weltursprung",
    "Yes": "Ja",
}
