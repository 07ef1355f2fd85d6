"""Payloads as their makers publish them: the facts of each format, trimmed to what is read."""

from typing import Any, Final

AZURE: Final[dict[str, Any]] = {
    "modelVersion": "2023-10-01",
    "metadata": {"width": 573, "height": 847},
    "captionResult": {"text": "a group of people", "confidence": 0.83},
    "tagsResult": {"values": [{"name": "outdoor", "confidence": 0.99}]},
    "objectsResult": {
        "values": [
            {
                "boundingBox": {"x": 116, "y": 75, "w": 200, "h": 217},
                "tags": [{"name": "helmet", "confidence": 0.792}],
            }
        ]
    },
    "peopleResult": {
        "values": [
            {
                "boundingBox": {"x": 0, "y": 41, "w": 95, "h": 189},
                "confidence": 0.9474349617958069,
            },
            {
                "boundingBox": {"x": 301, "y": 295, "w": 167, "h": 174},
                "confidence": 0.0018270768923684955,
            },
        ]
    },
}

AZURE_REGIONS: Final[dict[str, Any]] = {
    "modelVersion": "2023-10-01",
    "denseCaptionsResult": {
        "values": [
            {
                "text": "a house in the woods",
                "confidence": 0.7055229544639587,
                "boundingBox": {"x": 0, "y": 0, "w": 640, "h": 640},
            },
            {
                "text": "a trailer with a door and windows",
                "confidence": 0.6675070524215698,
                "boundingBox": {"x": 214, "y": 434, "w": 154, "h": 108},
            },
        ]
    },
    "metadata": {"width": 640, "height": 640},
}

CUSTOM_VISION: Final[dict[str, Any]] = {
    "id": "64615ba1-b53f-e911-b05b-f8633f7a2ef1",
    "project": "fb5bc587-b53f-e911-b05b-f8633f7a2ef1",
    "iteration": "45c79472-7198-46e1-8ed7-bad2ca111957",
    "created": "2019-03-10T06:10:28Z",
    "predictions": [
        {
            "tagId": "7e703b80-3c7a-4c3c-bf48-9673c6891a75",
            "tagName": "Tag 1",
            "probability": 0.05149666,
            "boundingBox": {
                "left": 0.955476165,
                "top": 0,
                "width": 0.0412225723,
                "height": 0.156851858,
            },
        }
    ],
}

ULTRALYTICS: Final[list[Any]] = [
    {
        "name": "person",
        "class": 0,
        "confidence": 0.83597,
        "box": {"x1": 1003.89, "y1": 93.98, "x2": 1060.82, "y2": 249.64},
        "track_id": 7,
    }
]

ULTRALYTICS_NORMALISED: Final[list[Any]] = [
    {
        "name": "person",
        "class": 0,
        "confidence": 0.83597,
        "box": {"x1": 0.52286, "y1": 0.08702, "x2": 0.55251, "y2": 0.23115},
        "segments": {"x": [0.523, 0.552, 0.54], "y": [0.09, 0.1, 0.23]},
        "keypoints": {"x": [0.53, 0.0], "y": [0.1, 0.0], "visible": [0.98, 0.01]},
    }
]

ULTRALYTICS_ORIENTED: Final[list[Any]] = [
    {
        "name": "plane",
        "class": 0,
        "confidence": 0.9,
        "box": {
            "x1": 300.0, "y1": 100.0, "x2": 400.0, "y2": 200.0,
            "x3": 350.0, "y3": 250.0, "x4": 250.0, "y4": 150.0,
        },
    }
]  # fmt: skip

ULTRALYTICS_HOSTED: Final[dict[str, Any]] = {
    "images": [
        {
            "shape": [1080, 1920],
            "results": [
                {
                    "class": 0,
                    "name": "person",
                    "confidence": 0.92,
                    "box": {"x1": 100, "y1": 50, "x2": 300, "y2": 400},
                },
                {
                    "class": 2,
                    "name": "car",
                    "confidence": 0.87,
                    "box": {"x1": 400, "y1": 200, "x2": 600, "y2": 350},
                },
            ],
            "speed": {"preprocess": 1.2, "inference": 12.5, "postprocess": 2.3},
        }
    ],
    "metadata": {"imageCount": 1, "model": "model.pt"},
}

COCO: Final[list[Any]] = [
    {"image_id": 42, "category_id": 18, "bbox": [258.15, 41.29, 348.26, 243.78], "score": 0.236}
]

COCO_MASK: Final[list[Any]] = [
    {
        "image_id": 0,
        "category_id": 1,
        "bbox": [5.02984619140625, 311.3708190917969, 326.0323181152344, 19.611663818359375],
        "score": 0.9174850583076477,
        "segmentation": {"size": [360, 640], "counts": "UR2:m:3N0O2O001O00000000000O2O0O3M]Z\\3"},
    }
]

FRIGATE: Final[dict[str, Any]] = {
    "type": "update",
    "before": {"id": "1607123955.475377-mxklsc", "camera": "front_door", "label": "person"},
    "after": {
        "id": "1607123955.475377-mxklsc",
        "camera": "front_door",
        "frame_time": 1607123962.082975,
        "label": "person",
        "sub_label": None,
        "score": 0.87890625,
        "top_score": 0.958984375,
        "false_positive": False,
        "start_time": 1607123955.475377,
        "end_time": None,
        "box": [432, 496, 544, 854],
        "area": 40096,
        "region": [218, 440, 693, 915],
        "current_zones": ["yard", "driveway"],
        "has_snapshot": False,
        "stationary": False,
    },
}

FRIGATE_REVIEW: Final[dict[str, Any]] = {
    "type": "update",
    "before": {"id": "1718987129.308396-fqk5ka", "camera": "front_cam", "severity": "detection"},
    "after": {
        "id": "1718987129.308396-fqk5ka",
        "camera": "front_cam",
        "start_time": 1718987129.308396,
        "end_time": None,
        "severity": "alert",
        "thumb_path": "/media/frigate/clips/review/thumb-front_cam-1718987129.308396-fqk5ka.webp",
        "data": {
            "detections": ["1718987128.947436-g92ztx", "1718987148.879516-d7oq7r"],
            "objects": ["person", "car"],
            "sub_labels": ["Bob"],
            "zones": ["front_yard"],
            "audio": [],
        },
    },
}

FRIGATE_API: Final[list[Any]] = [
    {
        "id": "1700000000.123456-abc123",
        "camera": "entrance",
        "label": "person",
        "sub_label": "Ada",
        "start_time": 1700000000.0,
        "end_time": 1700000060.0,
        "false_positive": None,
        "top_score": None,
        "box": None,
        "zones": ["porch"],
        "data": {"box": [0.1, 0.1, 0.5, 0.5], "score": 0.9, "top_score": 0.95, "type": "object"},
    }
]

ROBOFLOW: Final[dict[str, Any]] = {
    "inference_id": "6a7e6b1c-9d0f-4a53-8a36-3c5b2c1d7e90",
    "time": 0.0628,
    "image": {"width": 2048, "height": 1371},
    "predictions": [
        {
            "x": 189.5,
            "y": 100,
            "width": 163,
            "height": 186,
            "class": "helmet",
            "class_id": 2,
            "confidence": 0.544,
            "keypoints": [
                {"x": 189, "y": 20, "class_name": "top", "class_id": 0, "confidence": 0.91}
            ],
        }
    ],
}

ROBOFLOW_OUTLINE: Final[dict[str, Any]] = {
    "predictions": [
        {
            "x": 179.2,
            "y": 247,
            "width": 231,
            "height": 147,
            "class": "A",
            "confidence": 0.98,
            "points": [{"x": 134, "y": 314}, {"x": 116, "y": 313}, {"x": 103, "y": 310.1}],
        }
    ]
}

ROBOFLOW_CLASSES: Final[dict[str, Any]] = {
    "time": 0.19064618100037478,
    "image": {"width": 210, "height": 113},
    "predictions": [{"class": "real-image", "class_id": 0, "confidence": 0.7149}],
    "top": "real-image",
    "confidence": 0.7149,
}

REKOGNITION: Final[dict[str, Any]] = {
    "CustomLabels": [
        {
            "Name": "MyLogo",
            "Confidence": 77.7729721069336,
            "Geometry": {
                "BoundingBox": {
                    "Width": 0.198987677693367,
                    "Height": 0.31296101212501526,
                    "Left": 0.07924537360668182,
                    "Top": 0.4037395715713501,
                }
            },
        }
    ]
}

REKOGNITION_LABELS: Final[dict[str, Any]] = {
    "Labels": [
        {
            "Name": "Car",
            "Confidence": 98.87621307373047,
            "Instances": [
                {
                    "BoundingBox": {
                        "Width": 0.10616336017847061,
                        "Height": 0.18528179824352264,
                        "Left": 0.0037978808395564556,
                        "Top": 0.5039216876029968,
                    },
                    "Confidence": 99.99799346923828,
                }
            ],
            "Parents": [{"Name": "Vehicle"}],
        },
        {"Name": "Road", "Confidence": 99.9, "Instances": [], "Parents": []},
    ],
    "LabelModelVersion": "3.0",
}

REKOGNITION_PROTECTION: Final[dict[str, Any]] = {
    "ProtectiveEquipmentModelVersion": "1.0",
    "Persons": [
        {
            "BodyParts": [
                {
                    "Name": "FACE",
                    "Confidence": 63.59202194213867,
                    "EquipmentDetections": [],
                },
                {
                    "Name": "HEAD",
                    "Confidence": 96.91404724121094,
                    "EquipmentDetections": [
                        {
                            "BoundingBox": {
                                "Width": 0.03824697062373161,
                                "Height": 0.041919633746147156,
                                "Left": 0.6655418276786804,
                                "Top": 0.40767616033554077,
                            },
                            "Confidence": 60.57323455810547,
                            "Type": "HEAD_COVER",
                            "CoversBodyPart": {"Confidence": 99.9076156616211, "Value": True},
                        }
                    ],
                },
            ],
            "BoundingBox": {
                "Width": 0.06825397163629532,
                "Height": 0.5038167834281921,
                "Left": 0.6555555462837219,
                "Top": 0.40458014607429504,
            },
            "Confidence": 98.65675354003906,
            "Id": 3,
        }
    ],
    "Summary": {"PersonsWithRequiredEquipment": [], "PersonsIndeterminate": [3]},
}

YOLO_TXT: Final = "45 0.479492 0.688771 0.955609 0.5955\n50 0.637063 0.732938 0.494125 0.510583\n"

OWN: Final[dict[str, Any]] = {
    "source": "gate",
    "time": "2030-01-02T03:04:05+09:00",
    "size": {"width": 640, "height": 480},
    "caption": "two people and a dog",
    "tags": [{"label": "outdoor", "score": 0.9}],
    "detections": [
        {
            "label": "person",
            "score": 0.91,
            "box": {"x": 0.1, "y": 0.2, "w": 0.25, "h": 0.6},
            "track_id": "7",
            "polygon": [[0.1, 0.2], [0.3, 0.2], [0.2, 0.7]],
            "keypoints": [[0.2, 0.3, 0.5], [0.2, 0.4, None]],
            "zones": ["yard"],
            "extra": {"hat": True, "age": 41, "name": None},
        },
        {"label": "person"},
        {"label": "dog", "score": 0.5},
    ],
}

AZURE_3: Final[dict[str, Any]] = {
    "tags": [{"name": "grass", "confidence": 0.99}],
    "description": {"captions": [{"text": "a person in a park", "confidence": 0.4}]},
    "objects": [
        {
            "rectangle": {"x": 25, "y": 43, "w": 172, "h": 140},
            "object": "person",
            "confidence": 0.931,
            "parent": {"object": "mammal", "confidence": 0.95},
        }
    ],
    "brands": [
        {"name": "Microsoft", "confidence": 0.9, "rectangle": {"x": 20, "y": 97, "w": 62, "h": 52}}
    ],
    "faces": [{"age": 41, "faceRectangle": {"left": 30, "top": 50, "width": 40, "height": 40}}],
    "requestId": "7e5bd1ab",
    "metadata": {"width": 200, "height": 300, "format": "Jpeg"},
    "modelVersion": "2021-05-01",
}

COCO_SSD: Final[list[Any]] = [
    {"bbox": [10.5, 20.2, 100.1, 200.9], "class": "person", "score": 0.83},
    {"bbox": [220, 40.5, 60.25, 80], "class": "dog", "score": 0.61},
]

GOOGLE: Final[dict[str, Any]] = {
    "responses": [
        {
            "localizedObjectAnnotations": [
                {
                    "mid": "/m/01bqk0",
                    "name": "Bicycle wheel",
                    "score": 0.89648587,
                    "boundingPoly": {
                        "normalizedVertices": [
                            {"x": 0.32, "y": 0.78},
                            {"x": 0.44, "y": 0.78},
                            {"x": 0.44, "y": 0.97},
                            {"x": 0.32, "y": 0.97},
                        ]
                    },
                }
            ],
            "labelAnnotations": [{"mid": "/m/01", "description": "Street", "score": 0.87}],
        }
    ]
}

GOOGLE_TEXT: Final[dict[str, Any]] = {
    "textAnnotations": [
        {
            "locale": "en",
            "description": "NO\nEXIT",
            "boundingPoly": {"vertices": [{"x": 10}, {"x": 90}, {"x": 90, "y": 70}, {"y": 70}]},
        },
        {
            "description": "EXIT",
            "boundingPoly": {
                "vertices": [
                    {"x": 10, "y": 40}, {"x": 90, "y": 40}, {"x": 90, "y": 70}, {"x": 10, "y": 70},
                ]
            },
        },
    ],
    "fullTextAnnotation": {"pages": [{"width": 200, "height": 100}], "text": "NO\nEXIT"},
}  # fmt: skip

HUGGINGFACE: Final[list[Any]] = [
    {
        "score": 0.9982,
        "label": "remote",
        "box": {"xmin": 40, "ymin": 70, "xmax": 175, "ymax": 117},
    },
    {"score": 0.99, "label": "cat", "box": {"xmin": 13, "ymin": 52, "xmax": 314, "ymax": 470}},
]

HUGGINGFACE_CLASSES: Final[list[Any]] = [
    {"score": 0.04, "label": "tiger cat"},
    {"score": 0.93, "label": "tabby cat"},
]

GEMINI: Final[list[Any]] = [
    {"box_2d": [100, 200, 300, 400], "label": "cat"},
    {"point": [500, 250], "label": "nose"},
]

MEDIAPIPE: Final[dict[str, Any]] = {
    "detections": [
        {
            "categories": [
                {"score": 0.76, "index": 17, "categoryName": "dog", "displayName": ""},
            ],
            "boundingBox": {"originX": 72, "originY": 162, "width": 252, "height": 191, "angle": 0},
            "keypoints": [],
        }
    ]
}

LABEL_STUDIO: Final[list[Any]] = [
    {
        "model_version": "v1",
        "score": 0.9,
        "result": [
            {
                "type": "rectanglelabels",
                "from_name": "label",
                "to_name": "image",
                "original_width": 600,
                "original_height": 400,
                "value": {
                    "x": 10, "y": 20, "width": 30, "height": 40,
                    "rotation": 0, "rectanglelabels": ["Cat"],
                },
            },
            {
                "type": "polygonlabels",
                "original_width": 600,
                "original_height": 400,
                "score": 0.5,
                "value": {"points": [[50, 50], [70, 50], [60, 80]], "polygonlabels": ["Sail"]},
            },
            {"type": "choices", "value": {"choices": ["indoor"]}},
        ],
    }
]  # fmt: skip

LABELME: Final[dict[str, Any]] = {
    "version": "5.0.1",
    "shapes": [
        {"label": "dog", "points": [[110, 220], [10, 20]], "shape_type": "rectangle"},
        {"label": "sail", "points": [[1, 2], [30, 2], [9, 40]], "shape_type": "polygon"},
        {"label": "nose", "points": [[50, 60]], "shape_type": "point"},
    ],
    "imagePath": "a.jpg",
    "imageHeight": 480,
    "imageWidth": 640,
}

CVAT: Final[list[Any]] = [
    {"confidence": "0.91", "label": "person", "points": [10, 20, 110, 220], "type": "rectangle"},
    {"confidence": "0.5", "label": "sail", "points": [1, 2, 30, 2, 9, 40], "type": "polygon"},
]

CVAT_SHAPES: Final[dict[str, Any]] = {
    "version": 3,
    "tags": [],
    "shapes": [
        {"type": "rectangle", "points": [10.0, 20.0, 110.0, 220.0], "label_id": 7, "rotation": 0.0},
        {"type": "points", "points": [10.0, 20.0, 30.0, 40.0], "label_id": 8},
    ],
    "tracks": [],
}

DOODS: Final[dict[str, Any]] = {
    "id": "test",
    "detections": [
        {
            "top": 0.01, "left": 0.2, "bottom": 0.98, "right": 0.5,
            "label": "person", "confidence": 87.9,
        }
    ],
}  # fmt: skip

CORNERS: Final[dict[str, Any]] = {
    "success": True,
    "predictions": [
        {
            "label": "person", "confidence": 0.92,
            "y_min": 99, "x_min": 10, "y_max": 300, "x_max": 200,
        }
    ],
    "duration": 0,
}  # fmt: skip

CORNERS_RECORDS: Final[list[Any]] = [
    {
        "xmin": 749.5, "ymin": 43.5, "xmax": 1148.0, "ymax": 704.5,
        "confidence": 0.874, "class": 0, "name": "person",
    }
]  # fmt: skip

PARALLEL: Final[dict[str, Any]] = {
    "boxes": [[10, 20, 110, 220], [5, 6, 50, 60]],
    "labels": [1, 18],
    "scores": [0.98, 0.5],
}

PARALLEL_TENSORFLOW: Final[dict[str, Any]] = {
    "num_detections": 1.0,
    "detection_boxes": [[0.1, 0.2, 0.5, 0.6], [0, 0, 0, 0]],
    "detection_classes": [18.0, 1.0],
    "detection_scores": [0.9, 0.0],
}

ALL: Final[dict[str, tuple[Any, ...]]] = {
    "eventwall": (OWN, {"label": "person", "score": 0.9}),
    "azure-vision": (AZURE, AZURE_REGIONS),
    "azure-vision-3": (AZURE_3,),
    "custom-vision": (CUSTOM_VISION,),
    "ultralytics": (
        ULTRALYTICS,
        ULTRALYTICS_NORMALISED,
        ULTRALYTICS_ORIENTED,
        ULTRALYTICS_HOSTED,
    ),
    "coco": (COCO, COCO_MASK),
    "coco-ssd": (COCO_SSD,),
    "frigate": (FRIGATE, FRIGATE_API, FRIGATE_REVIEW),
    "roboflow": (ROBOFLOW, ROBOFLOW_OUTLINE, ROBOFLOW_CLASSES),
    "rekognition": (REKOGNITION, REKOGNITION_LABELS, REKOGNITION_PROTECTION),
    "google-vision": (GOOGLE, GOOGLE_TEXT),
    "huggingface": (HUGGINGFACE, HUGGINGFACE_CLASSES),
    "gemini": (GEMINI,),
    "mediapipe": (MEDIAPIPE,),
    "label-studio": (LABEL_STUDIO,),
    "labelme": (LABELME,),
    "cvat": (CVAT, CVAT_SHAPES),
    "doods": (DOODS,),
    "yolo-txt": (YOLO_TXT,),
    "corners": (CORNERS, CORNERS_RECORDS),
    "parallel-lists": (PARALLEL, PARALLEL_TENSORFLOW),
}
"""By the name of the format."""
