# SPDX-License-Identifier: GPL-3.0-or-later
"""German for what single services have: summaries, and labels of their settings. The finer tooltips stay English."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Auto Size": "Echte Größe schätzen",
    "Bottom": "Unten",
    "Center": "Mitte",
    "Count Target": "Zielzahl",
    "Cut the object out of the picture first": "Das Objekt zuerst freistellen",
    "Decimation Mode": "Art der Verringerung",
    "Default": "Standard",
    "Detail Guidance": "Führung der Details",
    "Detail Steps": "Schritte für Details",
    "Detailed textured mesh of 30,000 to 200,000 faces, as GLB, OBJ or USD": (
        "Detailliertes Netz mit Textur, 30 000 bis 200 000 Flächen, als GLB, OBJ oder USD"
    ),
    "Detailed textured mesh of up to 2 million vertices, with textures of up to 4096 pixels": (
        "Detailliertes Netz mit bis zu 2 Millionen Eckpunkten und Texturen bis 4096 Pixel"
    ),
    "Enhance Picture": "Bild verbessern",
    "Face Count": "Zahl der Flächen",
    "Fast draft with few faces in one answer; quads and a limit of vertices on the server": (
        "Schneller Entwurf mit wenigen Flächen in einer Antwort; Vierecke und eine Grenze der Eckpunkte auf dem Server"
    ),
    "Fast textured mesh in one answer; quads and a target count on the server": (
        "Schnelles Netz mit Textur in einer Antwort; Vierecke und eine Zielzahl auf dem Server"
    ),
    "File Format": "Dateiformat",
    "Free meshes from a Hunyuan3D server of your own; needs an NVIDIA card, no account": (
        "Kostenlose Netze von einem eigenen Hunyuan3D-Server; braucht eine NVIDIA-Karte, kein Konto"
    ),
    "Front View (-Y)": "Vorderansicht (-Y)",
    "Geometry": "Geometrie",
    "Geometry Only": "Nur Geometrie",
    "Guidance": "Führung",
    "HD Texture": "Feine Textur",
    "High": "Hoch",
    "High (200,000 Faces)": "Hoch (200 000 Flächen)",
    "Hunyuan3D (own server)": "Hunyuan3D (eigener Server)",
    "Kind": "Art",
    "Low": "Niedrig",
    "Low (30,000 Faces)": "Niedrig (30 000 Flächen)",
    "Medium": "Mittel",
    "Medium (100,000 Faces)": "Mittel (100 000 Flächen)",
    "Mesh Scale": "Größe im Arbeitsraum",
    "Model Seed": "Startwert des Modells",
    "Most Faces": "Höchstens so viele Flächen",
    "Most Tokens": "Höchstens so viele Token",
    "Most Vertices": "Höchstens so viele Eckpunkte",
    "No Target": "Kein Ziel",
    "Object Size": "Größe des Objekts",
    "Orientation": "Ausrichtung",
    "Origin": "Ursprung",
    "PBR Materials": "PBR-Materialien",
    "Pose": "Pose",
    "Product Line": "Produktlinie",
    "Project": "Projekt",
    "Prompt": "Beschreibung",
    "Public Image URL": "Öffentliche Bildadresse",
    "Quality Override": "Eigene Flächenzahl",
    "Quick mesh in one answer, as GLB or OBJ": "Schnelles Netz in einer Antwort, als GLB oder OBJ",
    "Raw": "Roh",
    "Remove Lighting": "Licht entfernen",
    "Several Views": "Mehrere Ansichten",
    "Shape Guidance": "Führung der Form",
    "Shape Steps": "Schritte für die Form",
    "Simplify": "Vereinfachen",
    "Structure Guidance": "Führung der Struktur",
    "Structure Steps": "Schritte für die Struktur",
    "Target Count": "Zielzahl",
    "Texture Guidance": "Führung der Textur",
    "Texture Prompt": "Beschreibung der Textur",
    "Texture Steps": "Schritte für die Textur",
    "Textured mesh as GLB, OBJ, STL or PLY within 5 to 15 minutes": (
        "Netz mit Textur als GLB, OBJ, STL oder PLY in 5 bis 15 Minuten"
    ),
    "The Model's Own": "Wie es das Modell hat",
    "Tier": "Stufe",
    "TRELLIS, TripoSR, Pixal3D, Hunyuan3D, Rodin, Tripo, Meshy and Seed3D with one key, paid as you go": (
        "TRELLIS, TripoSR, Pixal3D, Hunyuan3D, Rodin, Tripo, Meshy und Seed3D mit einem Schlüssel, nach Verbrauch"
    ),
    "fal.ai (many models)": "fal.ai (viele Modelle)",
}
