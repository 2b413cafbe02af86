# SPDX-License-Identifier: GPL-3.0-or-later
"""German for states of jobs and providers, and for what is said of a picture before it is sent."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "Running": "Läuft",
    "Importing": "Import",
    "Uncertain": "Ungewiss",
    "Ready": "Fertig",
    "Interrupted": "Unterbrochen",
    "Failed": "Fehlgeschlagen",
    "Imported": "Importiert",
    "Cancelled": "Abgebrochen",
    "Key there": "Schlüssel vorhanden",
    "Key missing": "Schlüssel fehlt",
    "No key needed": "Kein Schlüssel nötig",
    "Online access is off": "Der Online-Zugriff ist aus",
    "Key set here": "Schlüssel hier gesetzt",
    "Key found in the environment": "Schlüssel in der Umgebung gefunden",
    "Free": "Kostenlos",
    "Fast": "Schnell",
    "Price": "Preis",
    "Crop to Subject": "Auf das Objekt zuschneiden",
    "Pad": "Rand hinzufügen",
    "Shrink": "Verkleinern",
    "Make Background Transparent": "Hintergrund durchsichtig machen",
    "The object fills only {share} of the picture": "Das Objekt füllt nur {share} des Bildes",
    "The object runs out of the picture, and may be cut off there": (
        "Das Objekt ragt aus dem Bild und kann dort abgeschnitten sein"
    ),
    "The picture is long; services expect a nearly square one": (
        "Das Bild ist lang; Dienste erwarten ein annähernd quadratisches"
    ),
    "The background is plain and can be made transparent": (
        "Der Hintergrund ist einfarbig und kann durchsichtig werden"
    ),
    "The background may become part of the object": "Der Hintergrund kann Teil des Objekts werden",
    "Only the first image of this animation is used": "Nur das erste Bild dieser Animation wird verwendet",
    "Larger than {provider} takes: it is sent as {width} x {height}": (
        "Größer, als {provider} annimmt: gesendet wird es mit {width} x {height}"
    ),
    "With {size} more than {provider} takes: it is sent compressed": (
        "Mit {size} mehr, als {provider} annimmt: gesendet wird es komprimiert"
    ),
    "Smaller than {provider} wants: it is enlarged to {width} x {height}": (
        "Kleiner, als {provider} verlangt: es wird auf {width} x {height} vergrößert"
    ),
}
