"""Reading and editing a ``GraphDef``: names, shapes, replaced operations, same bits."""
