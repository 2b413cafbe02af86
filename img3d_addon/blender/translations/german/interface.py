# SPDX-License-Identifier: GPL-3.0-or-later
"""German for panels, tooltips of buttons, and what is said of jobs, pictures, keys and prices."""

from __future__ import annotations

__all__ = ["TEXTS"]

TEXTS = {
    "About {count} quads": "Etwa {count} Vierecke",
    "About {count} triangles": "Etwa {count} Dreiecke",
    "Above the Limit": "Über der Grenze",
    "Account": "Konto",
    "Active Object": "Aktives Objekt",
    "Advanced": "Erweitert",
    "All": "Alle",
    "Always": "Immer",
    "and {count} more": "und {count} weitere",
    "API Key": "API-Schlüssel",
    "API Secret": "API-Geheimnis",
    "Ask before a job that passes a limit, or whose price cannot be held against it": (
        "Vor einem Auftrag fragen, der eine Grenze überschreitet oder dessen Preis nicht mit ihr zu vergleichen ist"
    ),
    "Ask before each job that costs something, or that may": (
        "Vor jedem Auftrag fragen, der etwas kostet oder kosten könnte"
    ),
    "Ask the service what a job with this picture and these settings costs; this itself is free": (
        "Den Dienst fragen, was ein Auftrag mit diesem Bild und diesen Einstellungen kostet; die Frage ist kostenlos"
    ),
    "Ask the service what is left on the account; this itself is free": (
        "Den Dienst fragen, wie viel Guthaben noch da ist; die Frage ist kostenlos"
    ),
    "Ask the service whether the key works, and what is left on the account; costs nothing": (
        "Den Dienst fragen, ob der Schlüssel gilt und wie viel Guthaben noch da ist; kostet nichts"
    ),
    "Asking...": "Wird abgefragt ...",
    "Balance could not be read": "Das Guthaben war nicht zu lesen",
    "Balance on request": "Guthaben auf Anfrage",
    "Base URL": "Basis-URL",
    "Bring all these settings back to their defaults": "Alle diese Einstellungen auf ihren Standard zurücksetzen",
    "Bring the textures of selected results back as they were delivered, from the library on this disk": (
        "Die Texturen der ausgewählten Ergebnisse aus der Bibliothek so zurückholen, wie sie geliefert wurden"
    ),
    "Choose a picture file; of several files, each can be made a job of its own": (
        "Eine Bilddatei wählen; aus mehreren Dateien kann je ein eigener Auftrag werden"
    ),
    "Choose a picture first": "Zuerst ein Bild wählen",
    "Choose the dropped picture in Image to 3D; of several pictures, each can be made a job of its own": (
        "Das abgelegte Bild in Bild zu 3D wählen; aus mehreren Bildern kann je ein eigener Auftrag werden"
    ),
    "Compare": "Vergleichen",
    "Compare Providers": "Anbieter vergleichen",
    "Compare these providers?": "Diese Anbieter vergleichen?",
    "Confirm Before Paying": "Vor dem Bezahlen bestätigen",
    "Copied": "Kopiert",
    "Copy the whole error text, to paste it into a question": (
        "Den ganzen Fehlertext kopieren, um ihn in eine Frage einzufügen"
    ),
    "Cost": "Kosten",
    "Enter Key": "Schlüssel eingeben",
    "Fast: seconds rather than minutes. Quads: made by the service. Texture: its largest side in pixels.": (
        "Schnell: Sekunden statt Minuten. Vierecke: vom Dienst erzeugt. Textur: ihre größte Seite in Pixeln."
    ),
    "Fetching the picture...": "Das Bild wird geholt ...",
    "Folder of jobs and results; takes effect when Blender starts again. Empty: the user's folder": (
        "Ordner der Aufträge und Ergebnisse; gilt nach dem nächsten Start von Blender. Leer: der Ordner des Benutzers"
    ),
    "Gallery": "Galerie",
    "Generate": "Erzeugen",
    "Generate  (Free)": "Erzeugen  (kostenlos)",
    "Generate  ({price})": "Erzeugen  ({price})",
    "Generate {count} Objects": "{count} Objekte erzeugen",
    "Go back to Object Mode first": "Zuerst in den Objektmodus zurückkehren",
    "Go on with this job; what was paid is not paid again": (
        "Diesen Auftrag fortsetzen; was bezahlt ist, wird nicht noch einmal bezahlt"
    ),
    "Image to 3D": "Bild zu 3D",
    "Image to 3D: {name}, {stage}    |    Esc: Cancel": "Bild zu 3D: {name}, {stage}    |    Esc: Abbrechen",
    "Import Options": "Importoptionen",
    "Import the object of this job where you click next in a 3D view; costs nothing": (
        "Das Objekt dieses Auftrags dort importieren, wo als Nächstes in eine 3D-Ansicht geklickt wird; kostet nichts"
    ),
    "Jobs": "Aufträge",
    "Keep the settings of this provider as a preset, or remove one": (
        "Die Einstellungen dieses Anbieters als Voreinstellung behalten oder eine entfernen"
    ),
    "Let the service go on with this job, which stays charged; Resume fetches the result later": (
        "Den Dienst weiterarbeiten lassen, was berechnet bleibt; Fortsetzen holt das Ergebnis später"
    ),
    "Library Folder": "Bibliotheksordner",
    "Limit for a Day": "Grenze je Tag",
    "Limit for a Job": "Grenze je Auftrag",
    "Look again for jobs of other sessions and of the command line": (
        "Erneut nach Aufträgen anderer Sitzungen und der Kommandozeile sehen"
    ),
    "Look at the picture again, such as after painting on it or rendering anew; nothing is sent": (
        "Das Bild erneut ansehen, etwa nach dem Malen oder einem neuen Rendern; nichts wird gesendet"
    ),
    "Looking at the picture...": "Das Bild wird angesehen ...",
    "Make a 3D object of the picture and put it into the scene": (
        "Aus dem Bild ein 3D-Objekt machen und in die Szene setzen"
    ),
    "Make a new job of the same picture and settings, which is paid again where the provider charges": (
        "Einen neuen Auftrag mit demselben Bild und denselben Einstellungen beginnen, der erneut bezahlt wird, "
        "wo der Anbieter etwas berechnet"
    ),
    "Make a picture of what the 3D view shows, without overlays and with a transparent background": (
        "Ein Bild der 3D-Ansicht machen, ohne Überlagerungen und mit durchsichtigem Hintergrund"
    ),
    "Make a repaired copy of the picture and choose it; the picture itself stays as it is": (
        "Eine reparierte Kopie des Bildes machen und wählen; das Bild selbst bleibt, wie es ist"
    ),
    "Make jobs without asking, whatever they cost": "Aufträge ohne Frage beginnen, was sie auch kosten",
    "Make one 3D object of each of these pictures, with the provider and settings of the sidebar": (
        "Aus jedem dieser Bilder ein 3D-Objekt machen, mit Anbieter und Einstellungen der Seitenleiste"
    ),
    "Make this file a packed picture of the .blend and choose it": (
        "Diese Datei als gepacktes Bild in die .blend-Datei aufnehmen und wählen"
    ),
    "Make this object again?": "Dieses Objekt noch einmal erzeugen?",
    "Make this object?": "Dieses Objekt erzeugen?",
    "Name": "Name",
    "Never": "Nie",
    "Newest": "Neueste",
    "No 3D view is open": "Keine 3D-Ansicht ist offen",
    "No jobs yet": "Noch keine Aufträge",
    "No object of this job is in this file: import the result again": (
        "Kein Objekt dieses Auftrags ist in dieser Datei: das Ergebnis erneut importieren"
    ),
    "No results yet": "Noch keine Ergebnisse",
    "No second Blender can be started here. Press again: this one will pause meanwhile.": (
        "Hier lässt sich kein zweites Blender starten. Erneut drücken: dieses hält währenddessen an."
    ),
    "Not looked at yet": "Noch nicht angesehen",
    "Online access is off: only the offline provider works": (
        "Der Online-Zugriff ist aus: nur der Offline-Anbieter arbeitet"
    ),
    "Only Unfinished": "Nur unfertige",
    "Open a 3D view to place it in": "Zum Platzieren eine 3D-Ansicht öffnen",
    "Order of the jobs in the list": "Reihenfolge der Aufträge in der Liste",
    "Page": "Seite",
    "Page of the gallery": "Seite der Galerie",
    "Page {page} of {pages}": "Seite {page} von {pages}",
    "Pasting the picture...": "Das Bild wird eingefügt ...",
    "Picture": "Bild",
    "Picture From": "Bild aus",
    "Picture: {name}": "Bild: {name}",
    "Pop-Up at the End of a Job": "Fenster am Ende eines Auftrags",
    "Presets": "Voreinstellungen",
    "Pressed twice, one job is made: press again for another": (
        "Zweimal gedrückt, ein Auftrag wurde begonnen: für einen weiteren noch einmal drücken"
    ),
    "Pressed twice, the jobs are made once: press again for others": (
        "Zweimal gedrückt, die Aufträge wurden einmal begonnen: für weitere noch einmal drücken"
    ),
    "Price not known beforehand": "Der Preis ist vorher nicht bekannt",
    "Price on request": "Preis auf Anfrage",
    "Provider": "Anbieter",
    "Provider takes {limits}": "Der Anbieter nimmt {limits}",
    "Put provider, settings, seed, import options and picture of this job into the sidebar": (
        "Anbieter, Einstellungen, Startwert, Importoptionen und Bild dieses Auftrags in die Seitenleiste übernehmen"
    ),
    "Put the object of this job into the scene; costs nothing": (
        "Das Objekt dieses Auftrags in die Szene setzen; kostet nichts"
    ),
    "Put texture and material of selected offline results back after Remesh, QuadriFlow, Decimate or sculpting, "
    "exactly where they were: the picture is projected anew, nothing is baked": (
        "Textur und Material ausgewählter Offline-Ergebnisse nach Remesh, QuadriFlow, Decimate oder Modellieren "
        "genau dorthin zurückbringen, wo sie waren: das Bild wird neu projiziert, nichts wird gebacken"
    ),
    "Quad Remesh": "Vierecke neu aufbauen",
    "Rebuild the active object as quads with its textures kept, in the background": (
        "Das aktive Objekt im Hintergrund mit seinen Texturen aus Vierecken neu aufbauen"
    ),
    "Repairing the picture...": "Das Bild wird repariert ...",
    "Report what has become of a job": "Melden, was aus einem Auftrag geworden ist",
    "Seed {seed}": "Startwert {seed}",
    "Select an object that was imported with a texture limit": (
        "Ein Objekt auswählen, das mit begrenzter Textur importiert wurde"
    ),
    "Select the objects that were made by this job, in the scene that has them": (
        "Die Objekte dieses Auftrags in der Szene auswählen, die sie enthält"
    ),
    "Select the objects whose texture was lost": "Die Objekte auswählen, deren Textur verloren ging",
    "Send the picture to all ticked providers, and put their objects side by side": (
        "Das Bild an alle angehakten Anbieter senden und ihre Objekte nebeneinanderstellen"
    ),
    "Send the picture to this provider, with the settings that it has in the sidebar": (
        "Das Bild mit den Einstellungen aus der Seitenleiste an diesen Anbieter senden"
    ),
    "Settings": "Einstellungen",
    "Show another page of results": "Eine andere Seite der Ergebnisse zeigen",
    "Show only jobs that run, wait for you, or can be gone on with": (
        "Nur Aufträge zeigen, die laufen, auf dich warten oder fortgesetzt werden können"
    ),
    "Show the files of this job in the system's file browser: picture, settings and result": (
        "Die Dateien dieses Auftrags im Dateimanager zeigen: Bild, Einstellungen und Ergebnis"
    ),
    "Shown Image": "Gezeigtes Bild",
    "Show the tab Image to 3D in the sidebar, or close the sidebar where it is shown": (
        "Den Reiter Bild zu 3D in der Seitenleiste zeigen, oder die Seitenleiste schließen, wo er gezeigt wird"
    ),
    "Open a 3D view or an Image Editor first": "Zuerst eine 3D-Ansicht oder einen Bildeditor öffnen",
    "Show Account": "Konto zeigen",
    "Show or hide this account": "Dieses Konto zeigen oder ausblenden",
    "Sort By": "Sortieren nach",
    "State": "Zustand",
    "Stop the picture that is on its way, or clear the message away; the chosen picture stays": (
        "Das Bild anhalten, das unterwegs ist, oder die Meldung wegräumen; das gewählte Bild bleibt"
    ),
    "Stop this job; the service may still charge it": "Diesen Auftrag abbrechen; der Dienst kann ihn doch berechnen",
    "Stop this quad remesh; the object stays as it is": "Diesen Neuaufbau anhalten; das Objekt bleibt, wie es ist",
    "Submit Again": "Erneut senden",
    "Submit again?": "Erneut senden?",
    "Switch to Object Mode first": "Zuerst in den Objektmodus wechseln",
    "Take this job out of the list; its files stay unless you ask for their deletion": (
        "Diesen Auftrag aus der Liste nehmen; seine Dateien bleiben, wenn ihr Löschen nicht verlangt wird"
    ),
    "The import was stopped; the result stays in the library": (
        "Der Import wurde angehalten; das Ergebnis bleibt in der Bibliothek"
    ),
    "The result is deleted": "Das Ergebnis ist gelöscht",
    "The result is deleted and cannot be had again without paying": (
        "Das Ergebnis ist gelöscht und ohne erneutes Bezahlen nicht mehr zu haben"
    ),
    "The result stays in the library folder": "Das Ergebnis bleibt im Bibliotheksordner",
    "The newest job first": "Der neueste Auftrag zuerst",
    "The picture that becomes a 3D object": "Das Bild, aus dem ein 3D-Objekt wird",
    "The service may have made the result and charge it; it is not fetched then": (
        "Der Dienst hat das Ergebnis vielleicht gemacht und berechnet; es wird dann nicht geholt"
    ),
    "The service goes on with the job; Resume fetches the result": (
        "Der Dienst arbeitet an dem Auftrag weiter; Fortsetzen holt das Ergebnis"
    ),
    "The settings of the job are in the sidebar": "Die Einstellungen des Auftrags stehen in der Seitenleiste",
    "There is no 3D view without a window": "Ohne Fenster gibt es keine 3D-Ansicht",
    "Try Again": "Noch einmal versuchen",
    "Unfinished": "Unfertig",
    "Use the image of the active object, an empty of the kind Image": (
        "Das Bild des aktiven Objekts verwenden, eines Leerobjekts der Art Bild"
    ),
    "Use the image that the Image Editor shows": "Das Bild verwenden, das der Bildeditor zeigt",
    "Use a copy of the newest render, as it looks with the view transform of the scene": (
        "Eine Kopie des neuesten Renderergebnisses verwenden, wie es mit der Ansichtstransformation der Szene aussieht"
    ),
    "Use what was copied: an image, an image file, its path, or the address of an image on the web": (
        "Das Kopierte verwenden: ein Bild, eine Bilddatei, ihren Pfad oder die Adresse eines Bildes im Netz"
    ),
    "What cost most first": "Das Teuerste zuerst",
    "What runs or needs you first": "Zuerst, was läuft oder dich braucht",
    "When the sidebar asks before a job is made; scripts and the command line are not asked": (
        "Wann die Seitenleiste vor einem Auftrag fragt; Skripte und die Kommandozeile werden nicht gefragt"
    ),
    "When a job ends while the tab is not in view, show so at the mouse, too": (
        "Endet ein Auftrag, während der Reiter nicht zu sehen ist, dies auch an der Maus zeigen"
    ),
    "Where the object is made; the picture is sent there and nowhere else": (
        "Wo das Objekt gemacht wird; das Bild wird dorthin gesendet und nirgends sonst hin"
    ),
    "Which One?": "Welcher?",
    "Write all results as assets, to be dragged into any scene from the library Image to 3D": (
        "Alle Ergebnisse als Assets schreiben, die aus der Bibliothek Image to 3D in jede Szene gezogen werden können"
    ),
    "{count} assets are still to be written": "{count} Assets sind noch zu schreiben",
    "{count} changed": "{count} geändert",
    "{count} jobs started": "{count} Aufträge begonnen",
    "{name} is taken out of the list": "{name} ist aus der Liste genommen",
    "{name} is being made": "{name} wird erzeugt",
    "{name} is in {scene}": "{name} ist in {scene}",
    "{name} is inside {other}: hide or move that to see it": (
        "{name} ist in {other}: das ausblenden oder verschieben, um es zu sehen"
    ),
    "{name} is ready: import it from the tab Image to 3D": "{name} ist fertig: im Reiter Bild zu 3D importieren",
    "{provider}: account": "{provider}: Konto",
    "{width} x {height} {format}, {size}, alpha": "{width} x {height} {format}, {size}, Alpha",
    "{width} x {height} {format}, {size}, opaque": "{width} x {height} {format}, {size}, deckend",
}
